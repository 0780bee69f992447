//! The outbox with the real binary: who gets what, when it is tried again, and what only a person decides.
//!
//! Mail is left to `outbox_mail`, kills and crowds to `outbox_kills`.

use std::fs;

use crate::counter::{COMMAND, Counter, DROP, recipient};
use crate::office::FIRST;
use crate::project::AS_OF;
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const NEXT: &str = "2027-01-01T08:00:00+08:00";

/// A command that keeps a count of its calls in `calls` and then does this.
fn script(counter: &Counter, then: &str) {
    let calls = counter.path("calls");
    counter.write("deliver.sh", format!("cat > {0}.json\necho x >> {0}\n{then}\n", calls.display()));
}

fn calls(counter: &Counter) -> usize {
    fs::read_to_string(counter.path("calls")).unwrap_or_default().lines().count()
}

fn command(then: &str) -> Counter {
    let counter = Counter::simple("oa", COMMAND, "desk 7");
    counter.replace("report.toml", "\"deliver.sh\"", &format!("{:?}", counter.path("deliver.sh")));
    script(&counter, then);
    counter
}

#[test]
fn outbox_each_region_goes_to_its_own() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = [
        recipient("all", "", "drop", "all"),
        recipient("star", "subjects = [\"*\"]", "drop", "star"),
        recipient("qinghe", "subjects = [\"qinghe\"]", "drop", "qinghe"),
        recipient("baishi", "subjects = [\"baishi\"]\ndocuments = [\"region\"]", "drop", "baishi"),
        recipient("both", "documents = [\"comparative\"]", "drop", "both"),
        recipient("gone", "until = \"2026-11-30\"", "drop", "gone"),
        recipient("going", "until = \"2026-12-01\"\nsubjects = [\"qinghe\"]", "drop", "going"),
    ];
    let counter = Counter::with("[\"region\", \"comparative\"]", &["drop"], DROP, &recipients.concat());
    counter.check().ok();
    let held = counter.told(FIRST, "warning");
    assert_eq!(held.len(), 6, "{held:?}");
    assert!(held[0].contains("report outbox approve all --by NAME"), "{held:?}");
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" held")));
    assert_eq!(counter.files("drop"), [""; 0]);
    // It is said once.
    assert_eq!(counter.told(LATER, "warning"), [""; 0]);
    for id in ["all", "star", "qinghe", "baishi", "both", "going"] {
        counter.run(["outbox", "approve", id, "--by", "张三"]).ok().prints("approved");
    }
    counter.tick(LATER).ok();
    let pdfs = |folder: &str| -> Vec<String> {
        let files = counter.files(&format!("drop/{folder}"));
        files.into_iter().filter(|name| name.ends_with(".pdf")).collect()
    };
    assert_eq!(pdfs("all").len(), 3);
    assert_eq!(pdfs("star").len(), 3);
    assert_eq!(pdfs("qinghe"), ["region-qinghe-2026-11-1.pdf"]);
    assert_eq!(pdfs("baishi"), ["region-baishi-2026-11-2.pdf"]);
    assert_eq!(pdfs("both"), ["comparative-two-counties-2026-11-1.pdf"]);
    assert_eq!(pdfs("going"), ["region-qinghe-2026-11-1.pdf"]);
    assert_eq!(pdfs("gone"), [""; 0]);
    let before = counter.files("drop");
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    assert_eq!(counter.files("drop"), before);
    // Next month: who is past `until` gets nothing, a changed address is held again, the others get theirs.
    counter.replace("data/recipients.toml", "to = \"baishi\"", "to = \"baishi-2\"");
    let held = counter.told(NEXT, "warning");
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(held[0].contains("`baishi-2` is new for baishi"), "{held:?}");
    assert_eq!((pdfs("baishi").len(), pdfs("going").len(), pdfs("qinghe").len()), (1, 1, 2));
    counter.at(NEXT, ["outbox", "approve", "baishi", "--by", "张三"]).ok().prints("1 parcels are ready");
    counter.at(NEXT, ["deliver"]).ok();
    assert_eq!(pdfs("baishi-2").len(), 1);
    counter.run(["outbox", "approve", "nobody", "--by", "x"]).ends(2).says("there are all, star");
    counter.is_sound();
}

#[test]
fn outbox_an_address_that_was_wrong_is_mended() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::with("[\"comparative\"]", &["drop"], DROP, &recipient("a", "", "drop", "worng"));
    counter.tick(FIRST).ok();
    counter.replace("data/recipients.toml", "worng", "right");
    counter.run(["outbox", "approve", "a", "--by", "x"]).ok().prints("approved right by drop; 1 parcels");
    counter.tick(LATER).ok();
    assert_eq!(counter.state(), "accepted");
    assert!(counter.files("drop").iter().all(|name| name.starts_with("right/")));
}

/// While recipients name it still, it may be a slip: nothing is taken back.
#[test]
fn outbox_a_channel_that_was_taken_away_keeps_its_parcels() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::simple("drop", DROP, "a");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    counter.replace("report.toml", "\"drop\"", "\"other\"");
    counter.tick(LATER).ends(1).says("no channel `drop`");
    assert_eq!(counter.state(), "ready");
    counter.replace("report.toml", "\"other\"", "\"drop\"");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(counter.state(), "accepted");
}

/// A file that cannot be read names nobody: that must not count as planned.
#[test]
fn outbox_recipients_that_cannot_be_read_get_theirs_once_they_can() {
    if !have(&["faces"]) {
        return;
    }
    let good = recipient("a", "", "drop", "a") + &recipient("b", "", "drop", "b");
    for broken in
        ["[[recipient", &good.replace("channel = \"drop\"\nto = \"b\"", "channel = \"drap\"\nto = \"b\"")]
    {
        let counter = Counter::with("[\"comparative\"]", &["drop"], DROP, broken);
        let approved = ["a", "b"].map(|id| (id.to_owned(), "drop".to_owned(), id.to_owned()));
        counter.approve_all(&approved);
        counter.tick(FIRST).ends(1);
        counter.write("data/recipients.toml", format!("format = 1\n\n{good}"));
        counter.tick(LATER).ok();
        assert_eq!(counter.parcels(), ["a drop accepted", "b drop accepted"], "{broken}");
        counter.tick(LATER).ok();
        assert_eq!(counter.parcels().len(), 2);
    }
}

#[test]
fn outbox_a_command_that_is_busy_is_tried_again_and_at_last_fails() {
    if !have(&["faces"]) {
        return;
    }
    let counter = command("echo the office is closed >&2; exit 75");
    let mut alarms = Vec::new();
    // Each of the times is a minute before the next try, and the next try.
    for (now, wanted) in [
        ("2026-12-01T08:00:00+08:00", 1),
        ("2026-12-01T08:00:59+08:00", 1),
        ("2026-12-01T08:01:00+08:00", 2),
        ("2026-12-01T08:05:59+08:00", 2),
        ("2026-12-01T08:06:00+08:00", 3),
        ("2026-12-01T08:35:59+08:00", 3),
        ("2026-12-01T08:36:00+08:00", 4),
        ("2026-12-01T10:35:59+08:00", 4),
        ("2026-12-01T10:36:00+08:00", 5),
        ("2026-12-01T16:35:59+08:00", 5),
        ("2026-12-01T16:36:00+08:00", 6),
        ("2026-12-02T16:35:59+08:00", 6),
        ("2026-12-02T16:36:00+08:00", 7),
        ("2026-12-09T16:36:00+08:00", 7),
    ] {
        alarms.extend(counter.told(now, "alarm"));
        assert_eq!(calls(&counter), wanted, "{now}");
    }
    assert_eq!(counter.state(), "failed");
    let short = counter.key()[..12].to_owned();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].contains(&format!("report outbox retry {short}")), "{alarms:?}");
    assert!(alarms[0].contains("the office is closed"), "{alarms:?}");
    counter.run(["outbox", "resend", &short]).ends(2).says("report outbox retry");
    counter.run(["outbox", "list", "--only", "failed"]).ok().prints("the office is closed");
    script(&counter, "echo number 42");
    counter.run(["outbox", "retry", &short]).ok();
    counter.at("2026-12-09T16:36:00+08:00", ["deliver"]).ok();
    assert_eq!((counter.state().as_str(), calls(&counter)), ("accepted", 8));
    counter.run(["outbox", "show", &short]).ok().prints("number 42").prints("desk 7").prints("accepted");
    for verb in ["retry", "resend", "assume-sent"] {
        counter.run(["outbox", verb, &short]).ends(2).says("who was served is not served again");
    }
    counter.run(["outbox", "retry", "0000"]).ends(2).says("report outbox list");
    counter.run(["outbox", "retry", ""]).ends(2);
    counter.at("2026-12-09T16:40:00+08:00", ["deliver"]).ok();
    assert_eq!(calls(&counter), 8);
    let told = counter.read("calls.json");
    assert!(
        told.contains("\"address\":\"desk 7\"") && told.contains("\"document\":\"comparative\""),
        "{told}"
    );
}

#[test]
fn outbox_what_nobody_knows_is_left_to_a_person() {
    if !have(&["faces"]) {
        return;
    }
    for (then, how) in [("sleep 30", "resend"), ("kill -9 $$", "assume-sent")] {
        let counter = command(then);
        let alarms = counter.told(FIRST, "alarm");
        assert_eq!(alarms.len(), 1, "{alarms:?}");
        assert!(alarms[0].contains("report outbox assume-sent or resend"), "{alarms:?}");
        assert_eq!(counter.state(), "unknown");
        script(&counter, "");
        for now in [LATER, "2026-12-05T08:00:00+08:00"] {
            assert_eq!(counter.tick(now).ok().stdout, "");
            counter.at(now, ["deliver"]).ok();
        }
        assert_eq!((counter.state().as_str(), calls(&counter)), ("unknown", 1));
        let key = counter.key();
        counter.run(["outbox", "retry", &key]).ends(2).says("report outbox resend, or assume-sent");
        counter.run(["outbox", how, &key[..8]]).ok();
        counter.at("2026-12-05T08:00:00+08:00", ["deliver"]).ok();
        let wanted = if how == "resend" { 2 } else { 1 };
        assert_eq!((counter.state().as_str(), calls(&counter)), ("accepted", wanted));
        counter.run(["outbox", "resend", &key]).ends(2).says("who was served is not served again");
    }
}

#[test]
fn outbox_a_file_that_was_altered_is_not_sent() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::simple("drop", DROP, "a");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    let path = format!("reports/{}", counter.issues()[0].path.clone().expect("its file"));
    let whole = fs::read(counter.path(&path)).expect("the PDF");
    let mut altered = whole.clone();
    altered.push(b'\n');
    counter.write(&path, altered);
    counter.at(LATER, ["deliver"]).ends(1).prints("is not the file that was issued");
    assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("failed", 0));
    assert_eq!(counter.told(LATER, "alarm"), [""; 0], "once");
    counter.write(&path, whole);
    counter.run(["outbox", "retry", &counter.key()]).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(counter.state(), "accepted");
    fs::remove_file(counter.path(&path)).expect("the PDF");
    assert_eq!(counter.tick(LATER).ok().stdout, "");
}

#[test]
fn outbox_marks_of_secrecy() {
    if !have(&["faces"]) {
        return;
    }
    let internal = format!("{DROP}internal = true\n");
    for (class, channel, sent) in [
        ("秘密", &internal, false),
        ("机密★一年", &internal, false),
        ("绝密", &internal, false),
        ("秘　密", &internal, false),
        ("内部资料", &DROP.to_owned(), false),
        ("内 部 资料", &DROP.to_owned(), false),
        ("内部资料", &internal, true),
        ("公开资料", &DROP.to_owned(), true),
    ] {
        let counter = Counter::simple("drop", channel, "a");
        counter.mark(class);
        let alarms = counter.told(FIRST, "alarm");
        assert_eq!(counter.state(), if sent { "accepted" } else { "failed" }, "{class}");
        assert_eq!(counter.files("drop").is_empty(), !sent, "{class}");
        assert_eq!(alarms.len(), usize::from(!sent), "{class}: {alarms:?}");
        if !sent {
            counter.run(["outbox", "retry", &counter.key()]).ok();
            counter.at(LATER, ["deliver"]).ends(1);
            assert!(counter.files("drop").is_empty(), "{class}");
        }
    }
}

#[test]
fn outbox_pause_resume_list_show() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::simple("drop", DROP, "a");
    counter.run(["outbox", "list"]).ok();
    counter.run(["outbox", "pause"]).ok();
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("ready", 0));
    counter.run(["outbox", "resume"]).ok();
    counter.at(LATER, ["deliver"]).ok().prints("accepted");
    counter.run(["outbox", "list", "--recipient", "office"]).ok().prints("accepted").prints("drop");
    assert!(!counter.run(["outbox", "list", "--recipient", "x"]).ok().stdout.contains("accepted"));
    counter.run(["outbox", "list", "--only", "lost"]).ends(2).says("there are held, ready");
    let key = counter.key();
    counter.run(["outbox", "show", &key]).ok().prints("SHA-256").prints("comparative two-counties 2026-11");
    counter.run(["outbox", "show", "x"]).ends(2);
}

const HOOK: &str = "[[channel]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"https://127.0.0.1/x\"\nkey = { env = \"HOME\" }\n";

/// What stands in the two files, and what `report check` says of it.
fn messages() -> String {
    let good = recipient("a", "", "drop", "a");
    let delivery = "[delivery]\ndomains = [\"example.org\"]\n";
    let relay = crate::counter::mail(25, "");
    let cases: &[(&str, String, String)] = &[
        ("a recipient without an id", DROP.into(), good.replace("id = \"a\"\n", "")),
        ("a recipient twice", DROP.into(), good.repeat(2)),
        ("an unknown channel", DROP.into(), recipient("a", "", "drap", "a")),
        (
            "two ways by one channel",
            DROP.into(),
            format!("{good}[[recipient.way]]\nchannel = \"drop\"\nto = \"b\"\n"),
        ),
        ("an unknown subject", DROP.into(), recipient("a", "subjects = [\"qinhe\"]", "drop", "a")),
        (
            "an unknown place of a region",
            DROP.into(),
            recipient("a", "subjects = [\"qinghe/qinghe-zen\"]", "drop", "a"),
        ),
        (
            "an unknown comparison",
            DROP.into(),
            recipient("a", "subjects = [\"two-county\", \"qinghe/*\", \"two-counties\"]", "drop", "a"),
        ),
        (
            "an unknown language",
            DROP.into(),
            recipient("a", "languages = [\"zh-hans\", \"en\"]", "drop", "a"),
        ),
        ("a language that nothing is in", DROP.into(), recipient("a", "languages = [\"en\"]", "drop", "a")),
        ("a recipient without a way", DROP.into(), "[[recipient]]\nid = \"a\"\nname = \"a\"\n".into()),
        ("an unknown document", DROP.into(), recipient("a", "documents = [\"regions\"]", "drop", "a")),
        ("a day that is none", DROP.into(), recipient("a", "until = \"2026-02-30\"", "drop", "a")),
        ("copies below nothing", DROP.into(), recipient("a", "copies = -1", "drop", "a")),
        ("a misspelt key", DROP.into(), recipient("a", "untill = \"2026-12-01\"", "drop", "a")),
        ("no TOML", DROP.into(), "[[recipient]\n".into()),
        ("a folder that leads out", DROP.into(), recipient("a", "", "drop", "../b")),
        ("an empty address", DROP.into(), recipient("a", "", "drop", "")),
        (
            "a domain that is not allowed",
            format!("{delivery}{relay}"),
            recipient("a", "", "mail", "a@example.com"),
        ),
        ("no mailbox", format!("{delivery}{relay}"), recipient("a", "", "mail", "a b@example.org")),
        (
            "a mailbox with a name before it",
            format!("{delivery}{relay}"),
            recipient("a", "", "mail", "办公室 <a@example.org>"),
        ),
        (
            "a link to a host that is not allowed",
            format!("{delivery}{relay}link = \"https://files.example.org/\"\n"),
            String::new(),
        ),
        (
            "a CA of a webhook that cannot be read",
            format!("{delivery}hosts = [\"127.0.0.1\"]\n{HOOK}ca_file = \"ca.pem\"\n"),
            String::new(),
        ),
        ("a mailbox without a domain", format!("{delivery}{relay}"), recipient("a", "", "mail", "office")),
        (
            "a trial to elsewhere",
            format!("{delivery}redirect_all_to = \"me@example.com\"\n{relay}"),
            String::new(),
        ),
        ("a channel without a kind", "[[channel]]\nid = \"drop\"\n".into(), String::new()),
        ("an unknown kind", "[[channel]]\nid = \"drop\"\nkind = \"e-mail\"\n".into(), String::new()),
        ("a channel twice", format!("{DROP}{DROP}"), String::new()),
        ("a folder without a path", "[[channel]]\nid = \"drop\"\nkind = \"folder\"\n".into(), String::new()),
        ("a misspelt key of a channel", format!("{DROP}pth = \"x\"\n"), String::new()),
        (
            "mail in the open",
            format!("{delivery}{}", relay.replace("127.0.0.1", "relay.example.org")),
            String::new(),
        ),
        (
            "a port that is none",
            format!("{delivery}{}", relay.replace("port = 25", "port = 70000")),
            String::new(),
        ),
        ("a timeout that is none", format!("{delivery}{relay}timeout = \"soon\"\n"), String::new()),
        (
            "a password in two ways",
            format!("{delivery}{relay}user = \"u\"\npassword = {{ env = \"A\", file = \"b\" }}\n"),
            String::new(),
        ),
        (
            "a secret that is not there",
            format!("{delivery}{relay}user = \"u\"\npassword = {{ env = \"A\" }}\n"),
            String::new(),
        ),
        (
            "a CA that cannot be read",
            format!("{delivery}{}ca_file = \"ca.pem\"\n", relay.replace("\"none\"", "\"starttls\"")),
            String::new(),
        ),
        (
            "a command that is empty",
            "[[channel]]\nid = \"oa\"\nkind = \"command\"\ncommand = []\n".into(),
            String::new(),
        ),
    ];
    let mut text = String::new();
    for (name, channels, recipients) in cases {
        let counter = Counter::with("[\"comparative\"]", &[], channels, recipients);
        let run = counter.run(["check", "--as-of", AS_OF, "--message-format", "short"]);
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
        let said = run
            .stderr
            .replace(&format!("{}/", counter.path("").display().to_string().trim_end_matches('/')), "");
        text.push_str(&format!("══ {name}: exit code {}\n{said}", run.code));
    }
    text
}

#[test]
fn outbox_every_fault_of_channels_and_recipients_has_its_line() {
    if have(&["faces"]) {
        crate::broken::settings().bind(|| insta::assert_snapshot!("broken-delivery", messages()));
    }
}

/// Slips are told with what was probably meant, or what to do.
#[test]
fn outbox_slips_have_hints() {
    if !have(&["faces"]) {
        return;
    }
    let relay = crate::counter::mail(25, "");
    let delivery = "[delivery]\ndomains = [\"example.org\"]\nhosts = [\"127.0.0.1\"]\n";
    let subject = |subject: &str| recipient("a", &format!("subjects = [{subject:?}]"), "drop", "a");
    for (channels, recipients, place, hint) in [
        (DROP.to_owned(), subject("qinhe"), "recipients.toml:6", "did you mean `qinghe`?"),
        (DROP.to_owned(), subject("two-county"), "recipients.toml:6", "did you mean `two-counties`?"),
        (DROP.to_owned(), subject("qinghe/qinghe-cty"), "recipients.toml:6", "did you mean `qinghe/"),
        (DROP.to_owned(), recipient("a", "", "drp", "a"), "recipients.toml:8", "did you mean `drop`?"),
        (
            DROP.to_owned(),
            recipient("a", "languages = [\"zh-hans\"]", "drop", "a"),
            "recipients.toml:6",
            "did you mean `zh-Hans`?",
        ),
        (
            format!("{delivery}{relay}"),
            recipient("a", "", "mail", "王 <a@example.org>"),
            "recipients.toml:9",
            "write it as `name@example.org`",
        ),
        (
            format!("{delivery}{relay}user = \"u\"\npassword = {{ env = \"NONE_SUCH\" }}\n"),
            String::new(),
            "report.toml:31",
            "put the secret there",
        ),
        (
            format!("{delivery}{HOOK}ca_file = \"ca.pem\"\n"),
            String::new(),
            "report.toml:26",
            "name a file with certificates as PEM",
        ),
    ] {
        let counter = Counter::with("[\"comparative\"]", &[], &channels, &recipients);
        counter.run(["check", "--as-of", AS_OF]).ends(2).says(place).says(hint);
    }
}
