/** A text without all of a character at its end. (`/x+$/` would look for the end behind each run of it.) */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === character) end -= 1;
  return text.slice(0, end);
}
