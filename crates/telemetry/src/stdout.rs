//! Standard output, which Lambda takes line by line.

use std::io::{self, Write};

/// Collects a line and writes it whole: two lines never mix, and a line is one system call.
#[derive(Debug, Default)]
pub(crate) struct Line(Vec<u8>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Nobody is left to tell if standard output is gone.
        let _ = io::stdout().lock().write_all(&self.0);
    }
}
