//! The audit proves the program, and says what is wrong with what is configured.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::json;

use crate::{
    process::Folder,
    stand_in::{Play, StandIn},
};

fn audit(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let serve = folder.command(settings);
    let mut audit = Command::new(env!("CARGO_BIN_EXE_levqor-support"));
    audit.arg("audit").args(arguments).current_dir(&folder.0).env_clear();
    audit.envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("PORT");
    audit.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_audit_passes_and_fails_when_there_is_nothing_to_answer_from() {
    let folder = Folder::new();

    let good = audit(&folder, &[], &[]);
    assert!(good.status.success() && said(&good).contains("Everything works"), "{}", said(&good));

    fs::write(folder.0.join("empty.md"), "").unwrap();
    let empty = audit(&folder, &[("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap())], &[]);
    assert!(!empty.status.success());
    assert!(said(&empty).contains("FAILED: knowledge base"), "{}", said(&empty));

    let gone = audit(&folder, &[("DATABASE_URL", "postgresql://u@127.0.0.1:1/d")], &[]);
    assert!(!gone.status.success());
    assert!(said(&gone).contains("FAILED: configured database"), "{}", said(&gone));
}

/// The providers, as they answer to a look.
struct Providers {
    telegram: StandIn,
    resend: StandIn,
    whatsapp: StandIn,
    model: StandIn,
}

impl Providers {
    async fn new() -> Self {
        let domains = json!({ "data": [{ "name": "acme.example", "status": "verified" }] }).to_string();
        let number = json!({ "display_phone_number": "+44 7700 900000", "id": "100" }).to_string();
        let models = json!({ "object": "list", "data": [{ "id": "small" }, { "id": "large" }] }).to_string();
        let bot = json!({ "ok": true, "result": { "id": 1, "username": "acme_bot" } }).to_string();
        Self {
            telegram: StandIn::telegram(&[(200, &bot)]).await,
            resend: StandIn::resend(&[(200, &domains)]).await,
            whatsapp: StandIn::whatsapp(&[(200, &number)]).await,
            model: StandIn::model(&[Play::Answer(200, models)]).await,
        }
    }

    async fn audit(&self, arguments: &'static [&'static str]) -> Output {
        let addresses = [
            ("TELEGRAM_API_URL", self.telegram.url.clone()),
            ("RESEND_API_URL", self.resend.url.clone()),
            ("WHATSAPP_API_URL", self.whatsapp.url.clone()),
            ("OPENAI_BASE_URL", self.model.url.clone()),
        ];
        let rest = [
            ("TELEGRAM_BOT_TOKEN", "1:token"),
            ("TELEGRAM_CHAT_ID", "-100"),
            ("RESEND_API_KEY", "re_key"),
            ("AUTH_FROM_EMAIL", "Acme <desk@acme.example>"),
            ("WHATSAPP_ACCESS_TOKEN", "token"),
            ("WHATSAPP_SENDER_ID", "100"),
            ("WHATSAPP_ADMIN_PHONE", "+447700900123"),
            ("OPENAI_MODEL", "small"),
        ];
        let run = move || {
            let addresses = addresses.iter().map(|(name, url)| (*name, url.as_str()));
            let settings: Vec<(&str, &str)> = addresses.chain(rest).collect();
            audit(&Folder::new(), &settings, arguments)
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    }

    fn asked(&self) -> Vec<String> {
        let all = [&self.telegram, &self.resend, &self.whatsapp, &self.model];
        all.iter().flat_map(|provider| provider.asked()).map(|asked| asked.path).collect()
    }
}

#[tokio::test]
async fn the_audit_looks_at_every_channel_and_messages_nobody() {
    let providers = Providers::new().await;

    let audit = providers.audit(&[]).await;

    assert!(audit.status.success(), "{}", said(&audit));
    for line in [
        "ok: Telegram: the bot is @acme_bot; nothing was sent",
        "ok: e-mail: acme.example is verified; nothing was sent",
        "ok: WhatsApp: the number is +44 7700 900000; nothing was sent",
        "ok: model: the server knows small; it was asked nothing",
    ] {
        assert!(said(&audit).contains(line), "{line}: {}", said(&audit));
    }
    assert_eq!(providers.asked(), ["/bot1:token/getMe", "/domains", "/100", "/models"]);
}

#[tokio::test]
async fn a_test_message_goes_out_when_it_is_asked_for() {
    let providers = Providers::new().await;

    let audit = providers.audit(&["--send-test"]).await;

    assert!(audit.status.success(), "{}", said(&audit));
    let sent = ["/bot1:token/sendMessage", "/emails", "/100/messages"];
    assert!(sent.iter().all(|path| providers.asked().iter().any(|asked| asked == path)), "{:?}", providers.asked());
}

#[tokio::test]
async fn a_channel_that_refuses_us_fails_the_audit() {
    let providers = Providers::new().await;
    let no_domain = json!({ "data": [{ "name": "acme.example", "status": "pending" }] }).to_string();
    let no_token = json!({ "error": { "code": 190, "message": "Invalid OAuth access token." } }).to_string();
    providers.telegram.play(Play::Answer(401, r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#.into()));
    providers.resend.play(Play::Answer(200, no_domain));
    providers.whatsapp.play(Play::Answer(400, no_token));
    providers.model.play(Play::Answer(401, "{}".into()));

    let audit = providers.audit(&[]).await;

    assert!(!audit.status.success());
    for line in [
        "FAILED: Telegram: ",
        "FAILED: e-mail: acme.example is not verified at Resend",
        "FAILED: WhatsApp: the access token is refused",
        "FAILED: model: refused with status 401",
    ] {
        assert!(said(&audit).contains(line), "{line}: {}", said(&audit));
    }
}
