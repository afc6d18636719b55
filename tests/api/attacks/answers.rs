//! An answer as its reader has it, whether it came whole or as a stream of events.

use serde_json::{Value, json};

use crate::http::Answer;

/// Fields whose value is drawn by lot: any short word stands in one of some hundred handles by chance.
const DRAWN: [&str; 3] = ["conversationId", "messageId", "ticketId"];

/// The answer with all that was ever on the wire but what is drawn by lot, and as one JSON.
pub fn heard(answer: Answer) -> (Answer, Value) {
    let (answer, said) = read(answer);
    let drawn = DRAWN.iter().filter_map(|field| said[field].as_str());
    let body = drawn.fold(answer.body, |body, drawn| body.replace(drawn, ""));
    (Answer { body, ..answer }, said)
}

fn read(answer: Answer) -> (Answer, Value) {
    if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream")) {
        let said = serde_json::from_str(&answer.body).unwrap_or_default();
        return (answer, said);
    }
    let mut body = dechunked(answer.body.as_bytes());
    let (mut said, mut told) = (Value::Null, String::new());
    for event in body.split("\n\n") {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let data: Value = field("data").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
        match field("event") {
            // What stands at the end of one piece and the beginning of the next is read together.
            Some("delta") => told += data["text"].as_str().unwrap_or_default(),
            Some("replace") => {
                told.push('\n');
                told += data["text"].as_str().unwrap_or_default();
            }
            Some("message") => said = data,
            _ => {}
        }
    }
    body += &json!(told).to_string();
    (Answer { body, ..answer }, said)
}

/// The body without its framing.
fn dechunked(mut body: &[u8]) -> String {
    let mut bytes = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = str::from_utf8(&body[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok()).unwrap_or(0);
        let Some(chunk) = body.get(end + 2..end + 2 + size).filter(|chunk| !chunk.is_empty()) else { break };
        bytes.extend_from_slice(chunk);
        body = body.get(end + 4 + size..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_stream_is_read_as_one_answer() {
    let pieces = [
        "event: delta\ndata: {\"text\": \"£7\"}\n\nevent: delta\nda",
        "ta: {\"text\": \"9\"}\n\nevent: message\ndata: {\"reply\": \"x\", \"conversationId\": \"2eviL\"}\n\n",
    ];
    let chunks = pieces.map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len())).concat() + "0\r\n\r\n";
    let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];

    let (answer, said) = heard(Answer { status: 200, headers, body: chunks });

    assert!(answer.body.contains("£79"), "{}", answer.body);
    assert!(!answer.body.contains("eviL"), "a name drawn by lot says nothing: {}", answer.body);
    assert_eq!(said["reply"], "x");
}
