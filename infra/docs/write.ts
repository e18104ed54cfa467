import { writeFileSync } from 'node:fs';
import { generated } from './generated.ts';

for (const { file, current, fresh } of generated()) {
  if (fresh !== current) {
    writeFileSync(file, fresh);
    console.log(`written: ${file}`);
  }
}
