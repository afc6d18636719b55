//! Server-sent events as bytes: the data of each, however the bytes are cut; no I/O.

/// A longer line is nobody's piece of an answer.
const LONGEST_LINE: usize = 256 * 1024;

/// What is read of a stream, with everything that is not in an answer itself.
const LONGEST_STREAM: usize = 8 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// More came than any answer needs.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

/// Events that are being read.
#[derive(Default)]
pub struct Events {
    line: Vec<u8>,
    /// The data of the event under way, each line of it with its end.
    data: Vec<u8>,
    /// Whether the last byte ended a line by itself: a line feed behind it is the same end.
    after_return: bool,
    has_begun: bool,
    read: usize,
}

impl Events {
    /// Reads on, and returns the data of the events that ended.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        self.read += bytes.len();
        let mut ended = Vec::new();
        for byte in bytes {
            let is_same_end = std::mem::take(&mut self.after_return) && *byte == b'\n';
            match byte {
                _ if is_same_end => {}
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    ended.extend(self.end_line());
                }
                _ => self.line.push(*byte),
            }
        }
        if self.line.len().max(self.data.len()) > LONGEST_LINE || self.read > LONGEST_STREAM {
            return Err(TooLong);
        }
        Ok(ended)
    }

    /// What is left when the stream ends: some servers forget the last empty line.
    pub fn rest(mut self) -> Option<Vec<u8>> {
        self.end_line().or_else(|| self.end_line())
    }

    /// The data of an event, where this line ends one. Comments and all other fields are nobody's words.
    fn end_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| !self.has_begun).unwrap_or(&line);
        self.has_begun = true;
        if line.is_empty() {
            self.data.pop();
            return Some(std::mem::take(&mut self.data)).filter(|data| !data.is_empty());
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
            self.data.push(b'\n');
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of a stream whose bytes come in pieces of `size`.
    fn read(stream: &str, size: usize) -> Vec<String> {
        let mut events = Events::default();
        let mut data: Vec<Vec<u8>> =
            stream.as_bytes().chunks(size).flat_map(|bytes| events.read(bytes).unwrap()).collect();
        data.extend(events.rest());
        data.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn events_are_the_same_however_their_bytes_are_cut_and_their_lines_end() {
        let stream =
            "\u{feff}: hello\n\nevent: x\nid: 1\ndata: £12\n\ndata:one\ndata: two\nretry: 5\n\n\n\ndata: [DONE]";
        for ends in ["\n", "\r\n", "\r"] {
            for size in 1..8 {
                assert_eq!(read(&stream.replace('\n', ends), size), ["£12", "one\ntwo", "[DONE]"], "{ends:?} {size}");
            }
        }
    }

    #[test]
    fn what_has_no_end_is_given_up() {
        let mut events = Events::default();
        assert_eq!(events.read(&vec![b'a'; LONGEST_LINE + 1]), Err(TooLong));

        let (mut events, comment) = (Events::default(), format!(": {}\n", "a".repeat(1_000)));
        assert!((0..=LONGEST_STREAM / 1_000).any(|_| events.read(comment.as_bytes()).is_err()));

        let (mut events, line) = (Events::default(), format!("data: {}\n", "a".repeat(1_000)));
        assert!((0..=LONGEST_LINE / 1_000).any(|_| events.read(line.as_bytes()).is_err()));
    }
}
