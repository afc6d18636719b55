//! The bad inputs that are one exchange on a socket, and the right answer to each.

use serde_json::json;

use super::{CLOSED, Case, Want};
use crate::{harness::SECRET, http::request};

pub const HELLO: &str = r#"{"message":"hello"}"#;
const PUBLIC: &str = "/api/support/public";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const ADMIN: (&str, &str) = ("X-Internal-Secret", SECRET);
const BODY_LIMIT: usize = 64 * 1024;

pub fn cases() -> Vec<Case> {
    let parts = [
        framing(),
        heads(),
        other_protocols(),
        methods(),
        paths(),
        media_types(),
        unreadable(),
        nul(),
        misshapen(),
        counts(),
        blanks(),
        lengths(),
        limits(),
        filters(),
    ];
    parts.into_iter().flatten().collect()
}

fn case(row: u8, name: impl Into<String>, bytes: impl Into<Vec<u8>>, want: Want) -> Case {
    Case { row, name: name.into(), bytes: bytes.into(), want }
}

/// The head of a question to the chat, with the framing to be tried; the body is the caller's.
pub fn head(framing: &str) -> Vec<u8> {
    format!("POST {PUBLIC} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framing}\r\n\r\n").into()
}

fn ask(body: impl AsRef<[u8]>) -> Vec<u8> {
    request("POST", PUBLIC, &[JSON], body.as_ref())
}

fn escalate(body: impl AsRef<[u8]>) -> Vec<u8> {
    request("POST", "/api/support/escalate", &[JSON], body.as_ref())
}

fn escalate_with(context: &str) -> Vec<u8> {
    escalate(format!(r#"{{"email":"ada@example.com","message":"help","context":{context}}}"#))
}

fn close(body: impl AsRef<[u8]>) -> Vec<u8> {
    request("POST", "/api/support/tickets/ABCDEFGH/close", &[ADMIN, JSON], body.as_ref())
}

fn list(query: &str) -> Vec<u8> {
    request("GET", &format!("/api/support/tickets?{query}"), &[ADMIN], b"")
}

fn framing() -> Vec<Case> {
    let padded = |length: usize| ask(format!("{HELLO}{}", " ".repeat(length - HELLO.len())));
    let chunked = |chunks: &str| [head("Transfer-Encoding: chunked"), chunks.into()].concat();
    let chunk = |length| format!("{length:x}\r\n{}\r\n", "a".repeat(length));
    vec![
        case(1, "10 MB announced and none sent", head("Content-Length: 10000000"), Want::Refused(413)),
        case(1, "a byte more than allowed", padded(BODY_LIMIT + 1), Want::Refused(413)),
        case(1, "as many bytes as allowed", padded(BODY_LIMIT), Want::Fine),
        case(2, "one large chunk", chunked(&chunk(70_000)), Want::Refused(413)),
        case(2, "many small chunks", chunked(&chunk(1_000).repeat(70)), Want::Refused(413)),
        case(2, "a chunk length in words", chunked("zz\r\nhello\r\n0\r\n\r\n"), Want::AnyOf(&[400])),
        case(2, "a negative chunk length", chunked("-1\r\nhello\r\n0\r\n\r\n"), Want::AnyOf(&[400])),
        case(2, "a chunk length over 64 bits", chunked("FFFFFFFFFFFFFFFFF\r\nhello\r\n"), Want::AnyOf(&[400, 413])),
        case(3, "a length of 64 bits", head("Content-Length: 18446744073709551615"), Want::AnyOf(&[400, 413, 431])),
    ]
}

fn heads() -> Vec<Case> {
    let get = |head: &str| format!("GET {head}\r\nConnection: close\r\n\r\n");
    let padded = |bytes: usize| request("GET", "/health", &[("X-Padding", &"a".repeat(bytes))], b"");
    let many = request("GET", "/health", &[("X-One-More", "a"); 101], b"");
    let long = |bytes: usize| request("GET", &format!("/{}", "a".repeat(bytes)), &[], b"");
    vec![
        case(
            6,
            "bare line feeds",
            "GET /health HTTP/1.1\nHost: localhost\nConnection: close\n\n",
            Want::AnyOf(&[200, 400]),
        ),
        case(6, "no Host", get("/health HTTP/1.1"), Want::Refused(400)),
        case(6, "two Hosts", get("/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example"), Want::Refused(400)),
        case(6, "HTTP/1.0 needs no Host", get("/health HTTP/1.0"), Want::Fine),
        case(6, "another's Host", get("/nothing HTTP/1.1\r\nHost: evil.example"), Want::Refused(404)),
        case(
            6,
            "another's address",
            get("http://evil.example/nothing HTTP/1.1\r\nHost: localhost"),
            Want::AnyOf(&[400, 404]),
        ),
        case(7, "101 headers", many, Want::AnyOf(&[431])),
        case(7, "a header of 66 KB", padded(66 * 1024), Want::Refused(431)),
        case(7, "a header of 100 KB", padded(100 * 1024), Want::AnyOf(&[431])),
        case(7, "a header of 700 KB", padded(700 * 1024), Want::AnyOf(&[431])),
        case(8, "a path of 60 KB", long(60 * 1024), Want::Refused(404)),
        case(8, "a path of 70 KB", long(70 * 1024), Want::AnyOf(&[414])),
        case(20, "NUL in a header", get("/health HTTP/1.1\r\nHost: localhost\r\nX-Nul: a\0b"), Want::AnyOf(&[400])),
    ]
}

fn other_protocols() -> Vec<Case> {
    let inputs: [(&str, &[u8]); 6] = [
        ("TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
        ("HTTP/9.9", b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        ("HTTP/0.9", b"GET /health\r\n\r\n"),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n"),
        ("only zeros", &[0; 64]),
    ];
    inputs.map(|(name, bytes)| case(9, name, bytes, Want::AnyOf(&[400, CLOSED]))).into()
}

fn methods() -> Vec<Case> {
    let refused = ["TRACE", "BREW", "DELETE", "get"];
    let mut cases: Vec<Case> =
        refused.map(|method| case(11, method, request(method, PUBLIC, &[], b""), Want::Refused(405))).into();
    cases.push(case(11, "OPTIONS without Origin", request("OPTIONS", PUBLIC, &[], b""), Want::AnyOf(&[204, 405])));
    cases.push(case(11, "OPTIONS *", request("OPTIONS", "*", &[], b""), Want::AnyOf(&[204, 404, 405])));
    cases.push(case(11, "CONNECT", request("CONNECT", "evil.example:443", &[], b""), Want::AnyOf(&[400, 404, 405])));
    cases
}

/// Also where a ticket's code stands, asked by somebody who may see tickets.
fn paths() -> Vec<Case> {
    let no_path = [
        "/%00",
        "/health%00",
        "/health/",
        "//health",
        "/Health",
        "/..%2f..%2fetc%2fpasswd",
        "/../../etc/passwd",
        "/health%0d%0aX-Injected:%20yes",
        "/api/support/tickets/",
        "/api/support//tickets",
        "/API/support/tickets",
        "/api/support/tickets/%00",
        "/api/support/tickets/ABCDEFGH%00",
        "/api/support/tickets/ABCDEFGH/",
        "/api/support/tickets//ABCDEFGH",
        "/api/support/tickets/..%2f..%2fetc%2fpasswd",
        "/api/support/tickets/..",
        "/api/support/tickets/ABCDEFGH%0d%0a",
        "/api/support/tickets/ABCDEF%27--",
        "/api/support/tickets/%F0%9F%98%80%F0%9F%98%80",
    ];
    let unreadable =
        ["/%ff", "/api/support/tickets/%ff", "/api/support/tickets/%c0%80", "/api/support/tickets/%ED%A0%80"];
    let get = |path: &str, want| case(12, path, request("GET", path, &[ADMIN], b""), want);
    let mut cases: Vec<Case> = no_path.map(|path| get(path, Want::Refused(404))).into();
    cases.extend(unreadable.map(|path| get(path, Want::Refused(400))));
    for path in ["/api/support/tickets/%00/close", "/api/support/tickets/ABCDEFGH/Close"] {
        cases.push(case(12, path, request("POST", path, &[ADMIN], b""), Want::Refused(404)));
    }
    cases.push(case(12, "a raw byte", b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", Want::AnyOf(&[400, 404])));
    cases
}

fn media_types() -> Vec<Case> {
    let refused = [
        (16, "text/plain"),
        (16, "multipart/form-data; boundary=x"),
        (16, "application/x-www-form-urlencoded"),
        (16, "application/json, text/plain"),
        (16, ""),
        (17, "application/json; charset=utf-16"),
        (17, "application/json; charset=latin1"),
        (17, "application/vnd.api+json"),
    ];
    let of_type = |media_type| request("POST", PUBLIC, &[("Content-Type", media_type)], HELLO.as_bytes());
    let mut cases: Vec<Case> =
        refused.map(|(row, media_type)| case(row, media_type, of_type(media_type), Want::Refused(415))).into();
    for media_type in ["application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "APPLICATION/JSON"] {
        cases.push(case(17, media_type, of_type(media_type), Want::Fine));
    }
    let two = request("POST", PUBLIC, &[JSON, ("Content-Type", "text/plain")], HELLO.as_bytes());
    let gzip = request("POST", PUBLIC, &[JSON, ("Content-Encoding", "gzip")], b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
    let encodings = [JSON, ("Content-Encoding", "identity"), ("Content-Encoding", "gzip")];
    let two_encodings = request("POST", PUBLIC, &encodings, HELLO.as_bytes());
    let two_charsets = of_type("application/json; charset=utf-8; charset=utf-16");
    cases.push(case(14, "gzip", gzip, Want::Refused(415)));
    cases.push(case(14, "two encodings", two_encodings, Want::Refused(415)));
    cases.push(case(17, "two charsets", two_charsets, Want::Refused(415)));
    cases.push(case(16, "no media type", request("POST", PUBLIC, &[], HELLO.as_bytes()), Want::Refused(415)));
    cases.push(case(16, "two media types", two, Want::Refused(415)));
    cases
}

/// Bytes that cannot be read as JSON.
fn unreadable() -> Vec<Case> {
    let brackets = "[".repeat(30_000);
    let nested = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let (deep, deep_context) = (nested(200), escalate_with(&nested(200)));
    let bodies: [(u8, &str, &[u8]); 18] = [
        (18, "nothing", b""),
        (18, "only blanks", b" \r\n\t"),
        (18, "an open brace", b"{"),
        (18, "something after the end", br#"{"message":"hello"}x"#),
        (18, "two documents", br#"{"message":"hello"}{"message":"hello"}"#),
        (18, "a byte order mark", b"\xef\xbb\xbf{\"message\":\"hello\"}"),
        (18, "NaN", br#"{"message":"hello","n":NaN}"#),
        (18, "1e400", br#"{"message":"hello","n":1e400}"#),
        (18, "a trailing comma", br#"{"message":"hello",}"#),
        (18, "single quotes", b"{'message':'hello'}"),
        (18, "a raw line break in a string", b"{\"message\":\"a\nb\"}"),
        (19, "bytes that are not UTF-8", b"{\"message\":\"\xff\xfe\"}"),
        (19, "an overlong NUL", b"{\"message\":\"\xc0\x80\"}"),
        (19, "bytes that are not UTF-8 in a name", b"{\"message\":\"hello\",\"\xff\":1}"),
        (19, "a lone surrogate", br#"{"message":"\ud800"}"#),
        (19, "surrogates in the wrong order", br#"{"message":"\udc00\ud800"}"#),
        (21, "30,000 brackets", brackets.as_bytes()),
        (21, "200 objects in each other", deep.as_bytes()),
    ];
    let mut cases: Vec<Case> = bodies.map(|(row, name, body)| case(row, name, ask(body), Want::Refused(400))).into();
    cases.push(case(21, "a context 200 deep", deep_context, Want::Refused(400)));
    cases.push(case(21, "a context 100 deep", escalate_with(&nested(100)), Want::Fine));
    cases
}

/// PostgreSQL keeps every character but this one.
fn nul() -> Vec<Case> {
    let long_name = "n".repeat(30_000);
    vec![
        case(20, "a raw NUL", ask(b"{\"message\":\"a\0b\"}"), Want::Refused(400)),
        case(20, "NUL in a message", ask(r#"{"message":"a\u0000b"}"#), Want::Unfit("message")),
        case(20, "only NUL", ask(r#"{"message":"\u0000"}"#), Want::Unfit("message")),
        case(20, "NUL in a handle", ask(r#"{"message":"a","conversationId":"\u0000"}"#), Want::Unfit("conversationId")),
        case(20, "NUL in an unknown field", ask(r#"{"message":"a","extra":["\u0000"]}"#), Want::Unfit("extra")),
        case(20, "NUL in a name", ask(r#"{"message":"a","ex\u0000tra":1}"#), Want::Refused(422)),
        case(20, "NUL in an address", escalate(r#"{"email":"a\u0000@b.co","message":"a"}"#), Want::Unfit("email")),
        case(20, "NUL in an escalation", escalate(r#"{"email":"a@b.co","message":"\u0000"}"#), Want::Unfit("message")),
        case(20, "NUL in a context", escalate_with(r#"{"source":"chat\u0000"}"#), Want::Unfit("context")),
        case(20, "NUL deep in a context", escalate_with(r#"{"a":[{"b":["\u0000"]}]}"#), Want::Unfit("context")),
        case(20, "NUL in a name of a context", escalate_with(r#"{"a\u0000":1}"#), Want::Unfit("context")),
        case(20, "NUL in a resolution", close(r#"{"resolution":"a\u0000"}"#), Want::Unfit("resolution")),
        case(21, "NUL under a name of 30 KB", ask(format!(r#"{{"{long_name}":"\u0000"}}"#)), Want::Refused(422)),
    ]
}

/// JSON that can be read and is not what was asked for.
fn misshapen() -> Vec<Case> {
    let mut cases = Vec::new();
    for body in [r#"["hello",null]"#, "null", r#""hello""#, "5", "true", "[]"] {
        cases.push(case(23, body, ask(body), Want::Refused(422)));
    }
    let rows = [(24, "5"), (24, "true"), (24, "null"), (24, r#"{"$ne":""}"#), (24, r#"["hello"]"#)];
    let numbers = [(27, "99999999999999999999"), (27, "-0"), (27, "1e2"), (27, "-9223372036854775809")];
    for (row, value) in rows.into_iter().chain(numbers) {
        let body = format!(r#"{{"message":{value}}}"#);
        cases.push(case(row, body.as_str(), ask(&body), Want::Unfit("message")));
        let body = format!(r#"{{"email":{value},"message":"help"}}"#);
        cases.push(case(row, body.as_str(), escalate(&body), Want::Unfit("email")));
    }
    for value in ["5", "{}", "[]", "true"] {
        let body = format!(r#"{{"message":"hello","conversationId":{value}}}"#);
        cases.push(case(24, body.as_str(), ask(&body), Want::Unfit("conversationId")));
    }
    for context in ["[]", "5", r#""chat""#, "true"] {
        cases.push(case(24, format!("context {context}"), escalate_with(context), Want::Unfit("context")));
    }
    let twice = r#"{"message":"one","message":"two"}"#;
    let long_name = "n".repeat(20_000);
    let long_twice = format!(r#"{{"message":"hello","{long_name}":1,"{long_name}":1}}"#);
    cases.extend([
        case(22, "a field twice", ask(twice), Want::Unfit("message")),
        case(22, "an unknown field twice", ask(r#"{"message":"a","extra":1,"extra":1}"#), Want::Unfit("extra")),
        case(22, "a field of a context twice", escalate_with(r#"{"a":1,"a":1}"#), Want::Unfit("context")),
        case(22, "a name of 20 KB twice", ask(long_twice), Want::Refused(422)),
        case(24, "no message", ask("{}"), Want::Unfit("message")),
        case(24, "a message in other letters", ask(r#"{"Message":"hello"}"#), Want::Unfit("message")),
        case(24, "no address", escalate(HELLO), Want::Unfit("email")),
        case(24, "a resolution that is a number", close(r#"{"resolution":5}"#), Want::Unfit("resolution")),
        case(25, "unknown fields", ask(r#"{"message":"hello","role":"admin","price":0}"#), Want::Fine),
        case(27, "numbers at the edges", escalate_with(r#"{"n":[1e308,5e-324,-0,99999999999999999999]}"#), Want::Fine),
    ]);
    cases
}

fn counts() -> Vec<Case> {
    let array = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let object = |count: usize| {
        let members: Vec<String> = (0..count).map(|member| format!(r#""{member}":1"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    let long_name = format!(r#"{{"message":"hello","{}":1}}"#, "n".repeat(60_000));
    let long_member = format!(r#"{{"{}":1}}"#, "n".repeat(60_000));
    vec![
        case(26, "100,000 elements", escalate_with(&array(100_000)), Want::Refused(413)),
        case(26, "10,000 elements", escalate_with(&format!(r#"{{"a":{}}}"#, array(10_000))), Want::Unfit("context")),
        case(26, "10,000 names", ask(object(10_000)), Want::Refused(413)),
        case(26, "5,000 names", ask(object(5_000)), Want::Refused(422)),
        case(26, "5,000 names in a context", escalate_with(&object(5_000)), Want::Unfit("context")),
        case(26, "a name of 60 KB", ask(long_name), Want::AnyOf(&[200, 422])),
        case(26, "a name of 60 KB in a context", escalate_with(&long_member), Want::AnyOf(&[200, 422])),
    ]
}

fn blanks() -> Vec<Case> {
    let mut cases = Vec::new();
    for blank in ["", " \t\r\n", "\u{200b}", "\u{2060}\u{feff}", "\u{ad}", "\u{2800}\u{3164}", "\u{202e}\u{e0041}"] {
        let name = format!("the blank {blank:?}");
        let without = json!({ "email": "ada@example.com", "message": blank });
        let with = json!({ "email": "ada@example.com", "message": blank, "context": {} });
        cases.extend([
            case(29, name.as_str(), ask(json!({ "message": blank }).to_string()), Want::Unfit("message")),
            case(29, format!("{name}, escalated"), escalate(without.to_string()), Want::Unfit("message")),
            case(29, format!("{name}, escalated from the chat"), escalate(with.to_string()), Want::Fine),
        ]);
    }
    let null = r#"{"email":"ada@example.com","message":"","context":null}"#;
    cases.push(case(29, "a blank with no context but null", escalate(null), Want::Unfit("message")));
    cases
}

/// Texts are counted in characters and kept as they were written.
fn lengths() -> Vec<Case> {
    let kept = [
        (30, "15,999 letters", "a".repeat(15_999)),
        (30, "16,000 letters", "a".repeat(16_000)),
        (30, "16,000 emoji", "😀".repeat(16_000)),
        (30, "8,000 letters with an accent each", "e\u{301}".repeat(8_000)),
        (30, "a letter with 15,999 accents", format!("z{}", "\u{336}".repeat(15_999))),
        (30, "3,200 families", "👩\u{200d}👩\u{200d}👧".repeat(3_200)),
        (30, "a direction override", "pay \u{202e}oot\u{202c} \u{2066}me\u{2069}".to_owned()),
        (30, "tags, private use and no characters", "hi\u{e0041}\u{e007f}\u{e000}\u{10ffff}\u{fffe}".to_owned()),
        (
            31,
            "control characters",
            "\u{1}\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\r\n\u{85}\u{2028}\u{7f}\u{9b}31mhello".to_owned(),
        ),
    ];
    let too_long = [
        ("16,001 letters", "a".repeat(16_001)),
        ("16,001 emoji", "😀".repeat(16_001)),
        ("8,000 letters with an accent each, and one", format!("{}e", "e\u{301}".repeat(8_000))),
    ];
    let mut cases = Vec::new();
    for (row, name, text) in kept {
        cases.push(case(row, name, ask(json!({ "message": text }).to_string()), Want::Kept(text)));
    }
    for (name, text) in too_long {
        let escalation = json!({ "email": "ada@example.com", "message": text, "context": {} });
        cases.push(case(30, name, ask(json!({ "message": text }).to_string()), Want::Unfit("message")));
        cases.push(case(30, format!("{name}, escalated"), escalate(escalation.to_string()), Want::Unfit("message")));
    }
    let escaped = format!(r#"{{"message":"{}"}}"#, r"\ud83d\ude00".repeat(5_000));
    cases.push(case(30, "5,000 emoji in escapes", ask(escaped), Want::Kept("😀".repeat(5_000))));
    cases
}

fn limits() -> Vec<Case> {
    let unfit = [
        (27, "limit=1e2"),
        (27, "limit=-0"),
        (27, "limit=+5"),
        (27, "limit=%2B5"),
        (27, "limit=5.0"),
        (27, "limit=%D9%A5"),
        (32, "limit=-1"),
        (33, "limit=0"),
        (33, "limit=abc"),
        (33, "limit="),
        (33, "limit"),
        (33, "limit=1;drop"),
        (33, "limit=1%00"),
        (33, "limit=99999999999999999999"),
        (33, "limit=1&limit=2"),
    ];
    let mut cases: Vec<Case> = unfit.map(|(row, query)| case(row, query, list(query), Want::Unfit("limit"))).into();
    cases.push(case(33, "limit=1000000", list("limit=1000000"), Want::Fine));
    cases.push(case(34, "offset=1000000000", list("offset=1000000000"), Want::Fine));
    cases
}

fn filters() -> Vec<Case> {
    let unfit = [
        (20, "status=%00", "status"),
        (20, "email=a%00@b.co", "email"),
        (20, "cursor=%00", "cursor"),
        (20, "extra=%00", "extra"),
        (35, "status=bogus", "status"),
        (35, "status=Open", "status"),
        (35, "status=", "status"),
        (35, "status=open'--", "status"),
        (35, "email=%", "email"),
        (35, "email=%25", "email"),
        (35, "email=_@_._", "email"),
    ];
    let forged = "A".repeat(48);
    let unreadable = [
        (19, "status=%ff".to_owned()),
        (34, "cursor=".to_owned()),
        (34, "cursor=bogus".to_owned()),
        (34, "cursor=..%2f..%2fetc".to_owned()),
        (34, format!("cursor={forged}")),
    ];
    let mut cases: Vec<Case> =
        unfit.map(|(row, query, field)| case(row, query, list(query), Want::Unfit(field))).into();
    cases.extend(unreadable.map(|(row, query)| case(row, query.as_str(), list(&query), Want::Refused(400))));
    let long = "n".repeat(20_000);
    cases.push(case(20, "NUL in a parameter's name", list("%00=1"), Want::Refused(422)));
    cases.push(case(20, "NUL under a parameter of 20 KB", list(&format!("{long}=%00")), Want::Refused(422)));
    cases.push(case(33, "a parameter of 20 KB twice", list(&format!("{long}=1&{long}=1")), Want::Refused(422)));
    cases
}
