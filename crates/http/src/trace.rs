//! The trace a request belongs to, as a W3C trace id: 32 hexadecimal digits (<https://www.w3.org/TR/trace-context/>).

/// The trace id of a `traceparent` header, else that of X-Ray's header (`Root=1-<8 digits>-<24 digits>`, which is a
/// trace id with a version before it); `None` if neither holds one.
#[must_use]
pub fn trace_id(traceparent: Option<&str>, xray: Option<&str>) -> Option<String> {
    from_traceparent(traceparent.unwrap_or_default()).or_else(|| from_xray(xray.unwrap_or_default()))
}

fn from_traceparent(header: &str) -> Option<String> {
    let mut parts = header.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    (version.len() == 2 && parts.next()?.len() == 16 && is_trace_id(id)).then(|| id.to_owned())
}

fn from_xray(header: &str) -> Option<String> {
    let root = header.split(';').find_map(|part| part.trim().strip_prefix("Root=1-"))?;
    let id = root.replacen('-', "", 1);
    is_trace_id(&id).then_some(id)
}

fn is_trace_id(text: &str) -> bool {
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 32 && text.bytes().all(lower_hex) && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    #[test]
    fn the_callers_trace_goes_before_x_ray() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace_id(Some(parent), Some(XRAY)).as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
        assert_eq!(trace_id(None, Some(XRAY)).as_deref(), Some("5759e988bd862e3fe1be46a994272793"));
        assert_eq!(trace_id(None, None), None);
    }

    #[test]
    fn what_is_no_trace_id_is_passed_over() {
        for wrong in
            ["", "-", "00-0-0-0", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-é-b7ad6b7169203331-01"]
        {
            assert_eq!(trace_id(Some(wrong), Some("Root=1-x")), None, "{wrong}");
        }
    }
}
