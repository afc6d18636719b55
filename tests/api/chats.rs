//! A visitor asks, in one conversation or several.

use serde_json::json;
use sqlx::PgPool;

use crate::harness::TestApp;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_is_answered_from_the_knowledge_base_with_its_source(db: PgPool) {
    let app = TestApp::new(db).await;

    let answer = app.ask("What does Levqor do?", "").await;

    assert!(answer["reply"].as_str().unwrap().contains("AI automation platform"));
    assert_eq!(answer["outcome"], "answer");
    assert_eq!(answer["answeredBy"], "knowledge_base");
    assert_eq!(answer["escalationSuggested"], false);
    assert_eq!(
        answer["sources"][0],
        json!({ "file": "faq.md", "heading": "What is Levqor?", "anchor": "what-is-levqor" })
    );
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_was_asked_and_answered_is_stored(db: PgPool) {
    let app = TestApp::new(db).await;

    let answer = app.ask("  What does Levqor do?", "").await;

    let rows: Vec<(String, String)> =
        sqlx::query_as("select author, body from support.messages order by position").fetch_all(&app.db).await.unwrap();
    assert_eq!(rows[0], ("customer".to_owned(), "  What does Levqor do?".to_owned()));
    assert_eq!(rows[1], ("ai".to_owned(), answer["reply"].as_str().unwrap().to_owned()));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_remembers_what_was_said(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("how much is the cheapest done-for-you build?", "").await;
    let handle = first["conversationId"].as_str().unwrap();
    let second = app.ask("and the next one up?", handle).await;

    assert_eq!(second["conversationId"], handle);
    assert!(first["reply"].as_str().unwrap().contains("£99"), "{first}");
    assert!(second["reply"].as_str().unwrap().contains("£249"), "{second}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_handle_that_is_not_ours_starts_a_new_conversation(db: PgPool) {
    let app = TestApp::new(db).await;

    for foreign in [json!(""), json!(null), json!("error"), json!("public-1a2b3c4d"), json!("A".repeat(32))] {
        let answer =
            app.post("/api/support/public", &json!({ "message": "hello", "conversationId": foreign })).await.json();
        assert_ne!(answer["conversationId"], foreign);
        assert_eq!(answer["conversationId"].as_str().unwrap().len(), 32);
    }
    assert_eq!(app.count("select count(*) from support.conversations").await, 5);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_handle_itself_is_not_stored(db: PgPool) {
    let app = TestApp::new(db).await;

    let handle = app.ask("hello", "").await["conversationId"].as_str().unwrap().to_owned();

    let dump: String = sqlx::query_scalar(
        "select string_agg(c::text, '') || (select string_agg(m::text, '') from support.messages m) from support.conversations c",
    )
    .fetch_one(&app.db)
    .await
    .unwrap();
    assert!(!dump.contains(&handle));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_asks_for_a_person_has_a_ticket_at_once_and_is_asked_for_an_address(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("this is the third time, I want a human NOW", "").await;
    let ticket = first["ticketId"].as_str().unwrap();
    assert_eq!(first["escalationSuggested"], true);
    assert_eq!(first["status"], "waiting");
    let reply = first["reply"].as_str().unwrap();
    assert!(
        reply.contains("support@levqor.ai") && reply.contains("e-mail address") && reply.contains(ticket),
        "{reply}"
    );
    assert_eq!(app.ticket(ticket).await["email"], json!(null));

    let second = app.ask("ada@example.com", first["conversationId"].as_str().unwrap()).await;
    assert_eq!(second["ticketId"], ticket);

    let ticket = app.ticket(ticket).await;
    assert_eq!(ticket["email"], "ada@example.com");
    assert_eq!(ticket["message"], "this is the third time, I want a human NOW");
    let said: Vec<&str> =
        ticket["messages"].as_array().unwrap().iter().map(|said| said["author"].as_str().unwrap()).collect();
    assert_eq!(said, ["customer", "ai", "customer", "ai"]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_an_address_was_asked_for_it_is_taken_from_among_other_words(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("I need a human", "").await;
    let words = "bob3@example.com please and my phone is 07700 900123";
    let second = app.ask(words, first["conversationId"].as_str().unwrap()).await;

    assert_eq!(app.ticket(first["ticketId"].as_str().unwrap()).await["email"], "bob3@example.com");
    assert!(!second["reply"].as_str().unwrap().contains("tell me your e-mail"), "{second}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_telephone_number_reaches_the_team_and_is_thanked_for(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("I need a human", "").await;
    let second = app.ask("07700 900123", first["conversationId"].as_str().unwrap()).await;

    assert!(second["reply"].as_str().unwrap().starts_with("Thank you, your number has reached"), "{second}");
    assert_eq!(second["ticketId"], first["ticketId"]);
    let ticket = app.ticket(first["ticketId"].as_str().unwrap()).await;
    assert!(ticket["messages"].to_string().contains("07700 900123"), "{ticket}");
    let stranger = app.ask("07700 900123", "").await;
    assert_eq!(stranger["ticketId"], json!(null), "nobody waits there");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_wonders_what_answers_is_told_and_no_ticket_is_made_of_it(db: PgPool) {
    let app = TestApp::new(db).await;

    for question in ["are you a robot?", "is this AI", "anyone there?"] {
        let answer = app.ask(question, "").await;
        let reply = answer["reply"].as_str().unwrap();
        assert!(reply.contains("automatic assistant") && reply.contains("person"), "{question}: {reply}");
        assert_eq!(answer["ticketId"], json!(null), "{question}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nods_and_the_weather_are_no_sign_that_a_person_is_needed(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask("what's the weather", "").await;
    let conversation = first["conversationId"].as_str().unwrap();

    for message in ["who is the prime minister", "cool", "great, that helped", "what's the weather", "asdfghjkl"] {
        assert_eq!(app.ask(message, conversation).await["ticketId"], json!(null), "{message}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_visitors_own_order_is_not_guessed_at(db: PgPool) {
    let app = TestApp::new(db).await;

    for (question, told) in
        [("status of my order 1234", "can't see orders"), ("¿cómo va mi pedido?", "no puedo ver pedidos")]
    {
        let answer = app.ask(question, "").await;
        assert!(answer["reply"].as_str().unwrap().contains(told), "{question}: {answer}");
        assert_eq!((&answer["outcome"], &answer["ticketId"]), (&json!("unknown"), &json!(null)));
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_sure_answer_is_given_twice_before_a_person_is_asked(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask("how much is the Growth plan", "").await;
    let conversation = first["conversationId"].as_str().unwrap();
    assert_eq!(first["outcome"], "answer");

    let second = app.ask("how much is the Growth plan", conversation).await;
    assert_eq!((&second["reply"], &second["ticketId"]), (&first["reply"], &json!(null)));
    let third = app.ask("how much is the Growth plan", conversation).await;
    assert_eq!(third["handoff"]["reason"], "no_answer");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_corrected_address_replaces_the_one_before(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("I want to speak to a human, I am ada@exmple.com", "").await;
    app.ask("sorry, not ada@exmple.com, it is ada@example.com", first["conversationId"].as_str().unwrap()).await;

    assert_eq!(app.ticket(first["ticketId"].as_str().unwrap()).await["email"], "ada@example.com");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_gives_an_address_while_asking_has_a_ticket_at_once_and_only_one(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("I want to speak to a human, I am ada@example.com", "").await;
    let again = app.ask("let me speak to a human please", first["conversationId"].as_str().unwrap()).await;

    assert!(first["ticketId"].is_string());
    assert_eq!(first["ticketId"], again["ticketId"]);
    assert_eq!(app.count("select count(*) from support.tickets").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_that_is_only_mentioned_is_not_where_to_answer(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.ask("I want to speak to a human, I am ada@example.com", "").await;
    app.ask("can workflows e-mail bob@client.example automatically?", first["conversationId"].as_str().unwrap()).await;
    assert_eq!(app.ticket(first["ticketId"].as_str().unwrap()).await["email"], "ada@example.com");

    let words = "I want to speak to a human about the mails I get from invoices@stripe.example";
    let other = app.ask(words, "").await;
    assert_eq!(app.ticket(other["ticketId"].as_str().unwrap()).await["email"], json!(null));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_of_the_company_is_nobodys(db: PgPool) {
    let app = TestApp::new(db).await;

    let answer =
        app.ask("I wrote to support@levqor.ai and Sales@levqor.ai and now I want to speak to a human", "").await;

    assert_eq!(app.ticket(answer["ticketId"].as_str().unwrap()).await["email"], json!(null));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_person_who_took_over_is_not_talked_over(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask("What does Levqor do?", "").await;
    sqlx::query("update support.conversations set status = 'human'").execute(&app.db).await.unwrap();

    let answer = app.ask("What does Levqor do?", first["conversationId"].as_str().unwrap()).await;

    assert_eq!(answer["answeredBy"], "person_waiting");
    assert_eq!(answer["status"], "human");
    assert!(!answer["reply"].as_str().unwrap().contains("automation"));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_only_wants_a_person_is_told_of_nothing_else(db: PgPool) {
    let app = TestApp::new(db).await;

    let only = app.ask("I want to talk to a person", "").await;
    assert_eq!((&only["handoff"]["reason"], &only["outcome"]), (&json!("customer_request"), &json!("handed_over")));
    assert_eq!((&only["sources"], &only["confidence"]), (&json!([]), &json!(0.0)), "{only}");

    let also = app.ask("What does Levqor do? I want to talk to a person.", "").await;
    assert_eq!((&also["handoff"]["reason"], &also["outcome"]), (&json!("customer_request"), &json!("answer")));
    assert!(also["reply"].as_str().unwrap().contains("AI automation platform"), "{also}");

    let information = app.ask("my order is number 1", "").await;
    assert_eq!(information["handoff"], json!(null), "{information}");
}
