//! Alarms about deliveries, by another channel than the one that they are about.
//!
//! The command that alarms are given to is left to `watched`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::counter::{COMMAND, Counter, mail, many, recipient};
use crate::listener::Listener;
use crate::office::FIRST;
use crate::sink::{Mail, Manner, Sink};
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";

/// A second channel of mail.
fn spare(port: u16) -> String {
    mail(port, "").replace("id = \"mail\"", "id = \"spare\"")
}

/// The text of a message that is nothing else.
fn text(mail: &Mail) -> String {
    let (_, body) = mail.text.split_once("\r\n\r\n").expect("a body");
    let body: String = body.split_ascii_whitespace().collect();
    String::from_utf8(BASE64.decode(body).expect("base64")).expect("text")
}

/// The relay says 550: the operator is told by the other relay, once, with the command that mends it.
#[test]
fn alarms_leave_by_another_relay_once() {
    if !have(&["faces"]) {
        return;
    }
    let first = Sink::start(Manner { unknown: "a@example.org", ..Manner::default() });
    let second = Sink::start(Manner::default());
    let by = "[monitor]\nalarm_by = [{ channel = \"mail\", to = \"near@example.org\" }, { channel = \"spare\", to = \"duty@example.org\" }]\n";
    let settings = format!("{ALLOWED}{}{}{by}", mail(first.port, ""), spare(second.port));
    let counter = Counter::simple("mail", &settings, "a@example.org");
    counter.check().ok();
    counter.tick(FIRST).ok().prints("refused");
    assert_eq!(counter.state(), "failed");
    assert_eq!((first.count(), second.to()), (0, vec!["duty@example.org".to_owned()]));
    let told = &second.taken()[0];
    let key = &counter.key()[..12];
    let text = text(told);
    assert!(text.contains("550 5.1.1 no such user"), "{text}");
    assert!(text.contains(&format!("report outbox retry {key}")), "{text}");
    for line in ["Auto-Submitted: auto-generated\r\n", "To: duty@example.org\r\n", "Subject: =?utf-8?b?"] {
        assert!(told.text.contains(line), "{}", told.text);
    }
    // Once: neither the ticks after it nor a look at it tell it again.
    for now in [LATER, "2026-12-01T09:00:00+08:00", "2026-12-03T09:00:00+08:00"] {
        counter.tick(now);
        counter.at(now, ["deliver"]);
    }
    assert_eq!(second.count(), 1);
}

/// After a relay refused many mails, one message tells of all.
#[test]
fn alarms_of_one_tick_are_one_message() {
    if !have(&["faces"]) {
        return;
    }
    let (second, (recipients, addresses)) = (Sink::start(Manner::default()), many(25));
    let by = "[monitor]\nalarm_by = [{ channel = \"spare\", to = \"duty@example.org\" }]\n";
    let first = Sink::start(Manner { unknown: "*", ..Manner::default() });
    let settings = format!("{ALLOWED}{}{}{by}", mail(first.port, ""), spare(second.port));
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.approve_all(&addresses);
    counter.tick(FIRST).ok();
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" failed")));
    assert_eq!(second.count(), 1);
    let text = text(&second.taken()[0]);
    assert!(text.contains("20. ") && !text.contains("21. ") && text.contains("另有5项"), "{text}");
}

/// An alarm about the only channel that could carry it goes to the command alone, and the log says so.
#[test]
fn alarms_about_their_own_channel_are_said() {
    if !have(&["faces"]) {
        return;
    }
    let relay = Sink::start(Manner { unknown: "a@example.org", ..Manner::default() });
    let by = "[monitor]\nalarm = [\"sh\", \"-c\", \"cat >> alarms\"]\nalarm_by = [{ channel = \"mail\", to = \"duty@example.org\" }]\n";
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}{by}", mail(relay.port, "")), "a@example.org");
    counter.tick(FIRST).ok().says("1 alarm was sent to nobody: `alarm_by` has no channel but `mail`");
    assert_eq!(relay.count(), 0);
    let alarm: Value = serde_json::from_str(&counter.read("alarms")).expect("one alarm");
    assert_eq!((&alarm["channel"], &alarm["event"]), (&"mail".into(), &"not-sent".into()));
}

/// One that does not work is passed over, and no alarm is raised about that.
#[test]
fn alarms_go_on_to_the_next_way() {
    if !have(&["faces"]) {
        return;
    }
    let relay = Sink::start(Manner { unknown: "a@example.org", ..Manner::default() });
    let by = "[monitor]\nalarm_by = [{ channel = \"spare\", to = \"duty@example.org\" }, { channel = \"oa\", to = \"duty\" }]\n";
    let settings = format!("{ALLOWED}{}{}{COMMAND}{by}", mail(relay.port, ""), spare(9));
    let counter = Counter::simple("mail", &settings, "a@example.org");
    counter.write("deliver.sh", format!("cat >> {}", counter.path("told").display()));
    let run = counter.tick(FIRST);
    assert!(!run.ok().stderr.contains("nobody"), "{}", run.stderr);
    let told: Value = serde_json::from_str(&counter.read("told")).expect("one notice");
    assert_eq!((&told["address"], &told["title"]), (&"duty".into(), &"【需处理】未送达：mail".into()));
    assert!(told["text"].as_str().is_some_and(|text| text.contains("report outbox retry")), "{told}");
    // The same where the command refuses as well: then the log has both reasons.
    fs::write(counter.path("deliver.sh"), "exit 1").expect("our file");
    counter.run(["outbox", "retry", &counter.key()]).ok();
    counter.tick(LATER).ok().says("`spare`: ").says("`oa`: exit code 1");
}

/// A process that was killed between the end of a parcel and its alarm: the next one tells it, once; what a person has settled meanwhile, not.
#[test]
fn alarms_of_a_process_that_was_killed_are_not_lost() {
    if !have(&["faces"]) {
        return;
    }
    for settled in [false, true] {
        let relay = Sink::start(Manner { unknown: "a@example.org", ..Manner::default() });
        // The alarm command takes its parent away, so that nothing after it is recorded.
        let by = "[monitor]\nalarm = [\"sh\", \"alarm.sh\"]\n";
        let counter =
            Counter::simple("mail", &format!("{ALLOWED}{}{by}", mail(relay.port, "")), "a@example.org");
        counter.write("alarm.sh", "kill -9 $PPID");
        counter.tick(FIRST);
        assert_eq!(counter.state(), "failed");
        counter.write("alarm.sh", "cat >> alarms");
        counter.at("2026-12-01T08:14:00+08:00", ["deliver"]).ok();
        assert!(!counter.path("alarms").exists(), "that process may still be at it");
        if settled {
            counter.replace("data/recipients.toml", "a@example.org", "b@example.org");
            counter.run(["outbox", "retry", &counter.key()]).ok();
        }
        for now in ["2026-12-01T08:16:00+08:00", "2026-12-01T08:40:00+08:00"] {
            counter.tick(now).ok();
        }
        let alarms = fs::read_to_string(counter.path("alarms")).unwrap_or_default();
        assert_eq!(alarms.lines().count(), usize::from(!settled), "{alarms}");
        assert!(settled || alarms.contains("report outbox retry"), "{alarms}");
    }
}

#[test]
fn alarms_need_a_channel_that_can_carry_them() {
    let office = |by: &str| {
        let by = format!("[monitor]\nalarm_by = [{by}]\n");
        let settings = format!("{ALLOWED}{}{}{by}", mail(25, ""), crate::counter::DROP);
        Counter::with(
            "[\"comparative\"]",
            &["mail"],
            &settings,
            &recipient("office", "", "mail", "a@example.org"),
        )
    };
    for (by, words) in [
        ("{ channel = \"post\", to = \"a@example.org\" }", "there is no channel `post`"),
        ("{ channel = \"mail\", to = \"a@example.net\" }", "mail to `example.net` is not allowed"),
        ("{ channel = \"drop\", to = \"a\" }", "alarms cannot leave by `drop`"),
        ("{ channel = \"mail\" }", "`to`"),
    ] {
        office(by).check().ends(2).says("report.toml:").says(words);
    }
    office("{ channel = \"mail\", to = \"a@example.org\" }").check().ok();
}

/// A webhook gets an event of its own, signed like the others; a robot a message of text.
#[test]
fn alarms_reach_a_webhook_and_a_robot() {
    if !have(&["faces"]) {
        return;
    }
    let relay = Sink::start(Manner { unknown: "a@example.org", ..Manner::default() });
    for (kind, answer, path) in [
        ("webhook", "{}", "url = \"http://ADDRESS/hook\""),
        ("wecom", "{\"errcode\":0}", "url = \"http://ADDRESS\""),
    ] {
        let server = Listener::always("200 OK", answer);
        let channel = format!(
            "[[channel]]\nid = \"group\"\nkind = \"{kind}\"\n{}\nkey = {{ file = \"secret\" }}\n",
            path.replace("ADDRESS", &server.address)
        );
        let by = "[monitor]\nalarm_by = [{ channel = \"group\", to = \"duty\" }]\n";
        let allowed = ALLOWED.replace("]\ndomains", &format!("]\nhosts = [\"{}\"]\ndomains", server.address));
        let counter = Counter::simple(
            "mail",
            &format!("{allowed}{}{channel}{by}", mail(relay.port, "")),
            "a@example.org",
        );
        counter.write("secret", "key-1");
        fs::set_permissions(counter.path("secret"), Permissions::from_mode(0o600)).expect("our file");
        counter.tick(FIRST).ok();
        let body: Value = serde_json::from_slice(&server.request().body).expect("JSON");
        let text = if kind == "webhook" { &body["data"]["text"] } else { &body["text"]["content"] };
        assert!(text.as_str().is_some_and(|text| text.contains("report outbox retry")), "{body}");
    }
}
