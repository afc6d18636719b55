//! What nobody could answer is one list by what it means, and is closed by answering it.

use std::fs;

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::request,
    knowledge::Folder,
    process::{self, Process},
};

const PETS: &str = "# Office\n\n## Which pets are welcome in the office?\n\nWell-behaved dogs are welcome on Fridays.\n\n\
    ## Opening hours\n\nWe are open Monday to Friday, from 9am to 5pm.\n";

struct Desk {
    app: TestApp,
    folder: Folder,
}

impl Desk {
    async fn new(db: PgPool) -> Self {
        let folder = Folder::with(PETS);
        let app = TestApp::with(db, &[("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap())]).await;
        Self { app, folder }
    }

    /// Asks each in a conversation of its own.
    async fn asked(&self, questions: &[&str]) {
        for question in questions {
            let answer = self.app.ask(question, "").await;
            assert_ne!(answer["outcome"], "answer", "{question}: {answer}");
        }
    }

    async fn gaps(&self) -> Value {
        let answer = self.app.admin_get("/api/support/gaps").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    async fn close(&self, gap: &Value, body: &Value) -> Value {
        let answer = self.app.admin_post(&close(gap["id"].as_str().unwrap()), body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// The one text a query gives.
    async fn text(&self, query: &'static str) -> String {
        sqlx::query_scalar(query).fetch_one(&self.app.db).await.unwrap()
    }

    fn file(&self) -> String {
        fs::read_to_string(self.folder.0.join("pets.md")).unwrap()
    }
}

fn close(id: &str) -> String {
    format!("/api/support/gaps/{id}/close")
}

/// The questions of each gap, with how many asked them and how many people that were.
fn told(gaps: &Value) -> Vec<(String, i64, i64)> {
    let gaps = gaps["gaps"].as_array().unwrap().iter();
    let number = |gap: &Value, name: &str| gap[name].as_i64().unwrap();
    gaps.map(|gap| (gap["question"].as_str().unwrap().into(), number(gap, "questions"), number(gap, "people")))
        .collect()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_nobody_could_answer_is_counted_by_what_it_means(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["Is there an iPhone app?", "who is your ceo"]).await;
    let first = desk.gaps().await;
    desk.asked(&["an app for my iphone? write to ada@example.com", "the iphone app, is there one"]).await;
    // The same person twice, in two conversations.
    let visitor = json!({ "message": "iphone app?", "visitor": true });
    let visitor = desk.app.post("/api/support/public", &visitor).await.json();
    let again = json!({ "message": "do you have an iphone app", "conversationId": visitor["conversationId"] });
    let headers =
        [("Content-Type", "application/json"), ("X-Visitor-Token", visitor["visitorToken"].as_str().unwrap())];
    desk.app.send("POST", "/api/support/public", &headers, again.to_string().as_bytes()).await;
    for known in ["which pets are welcome in the office?", "hello"] {
        assert_eq!(desk.app.ask(known, "").await["outcome"], "answer", "{known}");
    }
    desk.app.ask("what is it?", "").await;

    let gaps = desk.gaps().await;

    assert_eq!(told(&gaps), [("Is there an iPhone app?".into(), 5, 4), ("who is your ceo".into(), 1, 1)], "{gaps}");
    assert_eq!((&gaps["total"], &gaps["questions"], &gaps["truncated"]), (&json!(2), &json!(6), &json!(false)));
    let app = &gaps["gaps"][0];
    // Another question changes no gap's name.
    let ids = |gaps: &Value| gaps["gaps"].as_array().unwrap().iter().map(|gap| gap["id"].clone()).collect::<Vec<_>>();
    assert!(ids(&first).contains(&app["id"]));
    assert_eq!(app["examples"].as_array().unwrap().len(), 5);
    assert_eq!(app["examples"][3]["question"], "an app for my iphone? write to [e-mail address removed]");
    assert_eq!(
        (&app["examples"][0]["cause"], &app["examples"][4]["outcome"]),
        (&json!("unanswered"), &json!("unknown"))
    );
    assert!(app["first_seen"].as_str() < app["last_seen"].as_str());
    assert!(app["nearest"].is_null() || app["nearest"]["confidence"].as_f64().unwrap() < 0.5, "{app}");
    let one = desk.app.admin_get("/api/support/gaps?limit=1&days=1").await.json();
    assert_eq!((told(&one).len(), &one["total"]), (1, &json!(2)));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_gap_keeps_its_name_while_only_the_last_days_are_counted(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["Is there an iPhone app?"]).await;
    let age = "update support.messages set created_at = created_at - interval '40 days'";
    sqlx::query(age).execute(&desk.app.db).await.unwrap();
    let in_a_year = "/api/support/gaps?days=365";
    let first = desk.app.admin_get(in_a_year).await.json();
    assert_eq!(told(&desk.gaps().await), []);
    desk.asked(&["the iphone app, is there one"]).await;

    let (month, year) = (desk.gaps().await, desk.app.admin_get(in_a_year).await.json());

    assert_eq!(told(&month), [("Is there an iPhone app?".into(), 1, 1)]);
    assert_eq!(told(&year), [("Is there an iPhone app?".into(), 2, 2)]);
    for gaps in [&month, &year] {
        assert_eq!(gaps["gaps"][0]["id"], first["gaps"][0]["id"]);
        assert_eq!(gaps["gaps"][0]["first_seen"], first["gaps"][0]["first_seen"]);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_that_did_not_help_is_a_gap_too(db: PgPool) {
    let desk = Desk::new(db).await;
    let app = &desk.app;
    let question = "Which pets are welcome in the office?";
    let wrong = app.ask(question, "").await;
    let down = json!({ "rating": "down", "reason": "what of cats?" });
    let path = format!("/api/support/messages/{}/feedback", wrong["messageId"].as_str().unwrap());
    assert_eq!(app.post(&path, &down).await.status, 200);
    let useless = app.ask("What are your opening hours?", "").await;
    app.ask("I want to speak to a human", useless["conversationId"].as_str().unwrap()).await;
    // Neither of these had an answer before it.
    app.ask("I want to speak to a human", "").await;
    app.open_ticket("What are your opening hours on Sunday?").await;

    let gaps = desk.gaps().await;

    let mut told = told(&gaps);
    told.sort();
    assert_eq!(told, [(String::from("What are your opening hours?"), 1, 1), (question.into(), 1, 1)], "{gaps}");
    let of = |question: &str| {
        let gap = gaps["gaps"].as_array().unwrap().iter().find(|gap| gap["question"] == question).unwrap();
        gap["examples"][0].clone()
    };
    assert_eq!((&of(question)["cause"], &of(question)["remark"]), (&json!("rated_down"), &json!("what of cats?")));
    assert_eq!(of("What are your opening hours?")["cause"], "handed_over");

    let up = json!({ "rating": "up" });
    assert_eq!(app.post(&path, &up).await.status, 200);
    assert_eq!(desk.gaps().await["total"], 1, "they thought better of it");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_section_that_answers_every_question_closes_the_gap(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["is there an iphone app?", "do you have an iphone app", "the iphone app?"]).await;
    let gap = desk.gaps().await["gaps"][0].clone();
    let section = json!({ "section": {
        "file": "pets.md", "heading": "Is there an app?", "text": "There is an iPhone app in the App Store.",
    } });

    let closing = desk.close(&gap, &section).await;

    assert_eq!((&closing["closed"], &closing["id"]), (&json!(true), &gap["id"]), "{closing}");
    assert_eq!(
        closing["source"],
        json!({ "file": "pets.md", "heading": "Is there an app?", "anchor": "is-there-an-app" })
    );
    let questions = closing["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 3);
    for question in questions {
        assert_eq!(
            (&question["before"]["outcome"], &question["after"]["outcome"]),
            (&json!("unknown"), &json!("answer"))
        );
        assert_eq!((&question["after"]["source"], &question["answered"]), (&closing["source"], &json!(true)));
        assert!(question["before"]["confidence"].as_f64() < question["after"]["confidence"].as_f64());
    }
    let added = "\n\n## Is there an app?\n\n<!-- also asked as: is there an iphone app? -->\n\n\
        There is an iPhone app in the App Store.\n";
    assert_eq!(desk.file(), format!("{}{added}", PETS.trim_end()));
    assert_eq!(fs::read_dir(&desk.folder.0).unwrap().count(), 1, "nothing is left beside it");
    assert_eq!(desk.app.ask("the iphone app?", "").await["outcome"], "answer");
    assert_eq!(desk.gaps().await["gaps"], json!([]));
    let again = desk.app.admin_post(&close(gap["id"].as_str().unwrap()), &section).await;
    assert_eq!((again.status, &again.json()["error"]), (409, &json!("gap is already closed")));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_phrasing_finds_the_section_that_was_there(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?"]).await;
    let gap = desk.gaps().await["gaps"][0].clone();
    let alias = json!({ "alias": { "file": "pets.md", "heading": "Which pets are welcome in the office?" } });

    let closing = desk.close(&gap, &alias).await;

    assert_eq!(closing["closed"], true, "{closing}");
    assert_eq!(closing["questions"][0]["after"]["source"]["heading"], "Which pets are welcome in the office?");
    let comment = "office?\n\n<!-- also asked as: may my hamster come along? -->\n\nWell-behaved";
    assert_eq!(desk.file(), PETS.replace("office?\n\nWell-behaved", comment));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_gap_that_is_not_answered_stays_and_so_does_what_was_written(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?"]).await;
    let gap = desk.gaps().await["gaps"][0].clone();
    let phrasing = "tell | me --> <script> about\nferrets at ada@exam\u{1}ple.com";
    let mut alias = json!({ "alias": { "file": "pets.md", "heading": "Opening hours", "phrasing": phrasing } });

    let closing = desk.close(&gap, &alias).await;

    assert_eq!((&closing["closed"], &closing["questions"][0]["answered"]), (&json!(false), &json!(false)), "{closing}");
    let comment = "<!-- also asked as: tell / me -> <script> about ferrets at [e-mail address removed] -->";
    assert!(desk.file().contains(comment), "{}", desk.file());
    assert_eq!(desk.gaps().await["gaps"][0]["id"], gap["id"]);

    alias["alias"] = json!({ "file": "pets.md", "heading": "Which pets are welcome in the office?" });
    assert_eq!(desk.close(&gap, &alias).await["closed"], true);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_no_knowledge_base_could_answer_is_no_gap(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["status of my order 1234", "what's the weather", "asdfghjkl", "is there an iphone app"]).await;

    let gaps = desk.gaps().await;

    assert_eq!(told(&gaps), [("is there an iphone app".into(), 1, 1)]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_needs_no_answer_is_dismissed_by_whatever_name_it_has(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["what is the meaning of life", "meaning of life?"]).await;
    let later = "select id::text from support.messages where author = 'ai' order by position desc limit 1";
    let later = desk.text(later).await;

    let closing = desk.close(&json!({ "id": later }), &json!({ "dismiss": "not ours, says ada@example.com" })).await;

    assert_eq!((&closing["closed"], &closing["questions"]), (&json!(true), &json!([])));
    assert_eq!(desk.gaps().await["total"], 0);
    let kept = "select reason || ' by ' || closed_by from support.gap_closings where resolution = 'dismissed' limit 1";
    assert_eq!(desk.text(kept).await, "not ours, says [e-mail address removed] by api");
    assert_eq!(desk.app.count("select count(*) from support.gap_closings").await, 2);
    // It is asked again: that is news.
    desk.asked(&["what is the meaning of life"]).await;
    assert_eq!(desk.gaps().await["total"], 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nothing_but_knowledge_is_written_and_only_by_the_team(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?"]).await;
    let id = desk.gaps().await["gaps"][0]["id"].as_str().unwrap().to_owned();
    let alias = |file: &str, heading: &str| json!({ "alias": { "file": file, "heading": heading } });
    let section =
        |heading: &str, text: &str| json!({ "section": { "file": "pets.md", "heading": heading, "text": text } });
    let outside = format!("../{}/pets.md", desk.folder.0.file_name().unwrap().to_string_lossy());

    for (body, field) in [
        (json!({}), None),
        (json!({ "dismiss": "x", "alias": { "file": "pets.md", "heading": "Opening hours" } }), None),
        (json!({ "dismiss": " " }), Some("dismiss")),
        (json!({ "dismiss": 5 }), Some("dismiss")),
        (json!({ "alias": { "file": "pets.md" } }), Some("heading")),
        (alias("none.md", "Opening hours"), Some("file")),
        (alias("../../etc/passwd", "Opening hours"), Some("file")),
        (alias(&outside, "Opening hours"), Some("file")),
        (alias("/etc/passwd", "root"), Some("file")),
        (alias("", ""), Some("file")),
        (alias("pets.md", "Nothing"), Some("heading")),
        (json!({ "alias": { "file": "pets.md", "heading": "Opening hours", "phrasing": "-->" } }), Some("phrasing")),
        (section("*Cats*", "Text."), Some("section")),
        (section("Cats", "Text.\n\n## Dogs\n\nMore."), Some("section")),
        (section("Cats", " "), Some("section.text")),
    ] {
        let answer = desk.app.admin_post(&close(&id), &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        if let Some(field) = field {
            let fields = answer.json()["fields"].as_object().unwrap().clone();
            assert!(
                fields.keys().any(|name| name == field || name.ends_with(&format!(".{field}"))),
                "{body}: {fields:?}"
            );
        }
    }
    let taken = desk.app.admin_post(&close(&id), &section("Opening hours", "Never.")).await;
    assert_eq!(taken.status, 409, "{}", taken.body);
    for unknown in ["n-a", "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(desk.app.admin_post(&close(unknown), &json!({ "dismiss": "x" })).await.status, 404);
    }
    assert_eq!(desk.app.post(&close(&id), &json!({ "dismiss": "x" })).await.status, 401);
    assert_eq!(desk.app.get("/api/support/gaps").await.status, 401);
    for query in ["days=0", "limit=0", "days=x", "limit=-1", "days="] {
        assert_eq!(desk.app.admin_get(&format!("/api/support/gaps?{query}")).await.status, 422, "{query}");
    }
    assert_eq!(desk.file(), PETS);
    assert_eq!(desk.gaps().await["total"], 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_folder_that_cannot_be_written_loses_nothing(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?"]).await;
    let gap = desk.gaps().await["gaps"][0].clone();
    let alias = json!({ "alias": { "file": "pets.md", "heading": "Which pets are welcome in the office?" } });
    fs::rename(desk.folder.0.join("pets.md"), desk.folder.0.join("there.txt")).unwrap();
    std::os::unix::fs::symlink("there.txt", desk.folder.0.join("pets.md")).unwrap();

    let refused = desk.app.admin_post(&close(gap["id"].as_str().unwrap()), &alias).await;

    assert_eq!((refused.status, &refused.json()["error"]), (409, &json!("pets.md is a link: edit it where it lies")));
    assert_eq!(desk.file(), PETS);
    assert_eq!(desk.gaps().await["gaps"][0]["id"], gap["id"]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_erased_persons_questions_are_no_gap(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?"]).await;
    let conversation = desk.app.ask("may my parrot come along?", "").await;
    let escape = "I want to speak to a human, I am ada@example.com";
    desk.app.ask(escape, conversation["conversationId"].as_str().unwrap()).await;
    assert_eq!(desk.gaps().await["questions"], 2);

    desk.app.admin_post("/api/support/people/erase", &json!({ "email": "ada@example.com" })).await;

    assert_eq!(desk.gaps().await["questions"], 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_is_asked_again_in_the_light_of_what_was_said_before_it(db: PgPool) {
    let desk = Desk::new(db).await;
    let first = desk.app.ask("Which pets are welcome in the office?", "").await;
    let second = desk.app.ask("and on sundays?", first["conversationId"].as_str().unwrap()).await;
    let alone = desk.app.ask("and on sundays?", "").await;
    assert_ne!(second["confidence"], alone["confidence"], "the first question bears on it");
    let rate = |answer: &Value| format!("/api/support/messages/{}/feedback", answer["messageId"].as_str().unwrap());
    desk.app.post(&rate(&second), &json!({ "rating": "down" })).await;

    let alias =
        json!({ "alias": { "file": "pets.md", "heading": "Opening hours", "phrasing": "is it open at the weekend" } });
    let closing = desk.close(&json!({ "id": second["messageId"] }), &alias).await;

    let before: Vec<&Value> =
        closing["questions"].as_array().unwrap().iter().map(|question| &question["before"]["confidence"]).collect();
    assert_eq!(before[0], &second["confidence"], "{closing}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn two_who_mend_at_once_lose_nothing_of_each_other(db: PgPool) {
    let desk = Desk::new(db).await;
    desk.asked(&["may my hamster come along?", "is there an iphone app?"]).await;
    let gaps = desk.gaps().await;
    let section =
        |heading: &str| json!({ "section": { "file": "pets.md", "heading": heading, "text": "Yes, there is." } });
    let (one, other) = (section("Hamsters that come along"), section("The iPhone app"));
    let of = |question: &str| gaps["gaps"].as_array().unwrap().iter().find(|gap| gap["question"] == question).unwrap();

    tokio::join!(desk.close(of("may my hamster come along?"), &one), desk.close(of("is there an iphone app?"), &other),);

    let file = desk.file();
    assert!(file.contains("## Hamsters that come along\n") && file.contains("## The iPhone app\n"), "{file}");
    assert_eq!(file.matches("also asked as").count(), 2, "{file}");
    assert_eq!(desk.gaps().await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_them_beside_a_running_service() {
    let folder = process::Folder::new();
    let process = Process::start(&folder, &[]);
    let body = json!({ "message": "do you have a podcast?" }).to_string();
    let ask = request("POST", "/api/support/public", &[("Content-Type", "application/json")], body.as_bytes());
    assert_eq!(process.send(&ask).await.unwrap().status, 200);

    let output = folder.run(&["gaps", "--days", "1"]);

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told(&printed), [("do you have a podcast?".into(), 1, 1)]);
    assert!(!folder.run(&["gaps", "--days", "0"]).status.success());
}
