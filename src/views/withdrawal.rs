//! 撤回通知: the one page that calls an issue back.
//!
//! To whom it goes is left to `schedule`.

use super::Edition;
use super::assemble;
use super::shape::{Line, Withdrawal};
use crate::settings::Settings;

/// What is withdrawn, and why.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// The name of the serial as the issue bears it.
    pub serial: String,
    /// 第12期（总第326期）
    pub issue: String,
    /// The date of the issue, in words.
    pub date: String,
    /// The title of the issue.
    pub title: String,
    /// Whether one of its places is fictional.
    pub demo: bool,
    /// Why.
    pub reason: String,
}

/// The notice, dated as its edition says.
pub fn withdrawal_view(withdrawn: &Withdrawn, settings: &Settings, edition: &Edition) -> Withdrawal {
    let Withdrawn { serial, issue, date, title, demo, reason } = withdrawn;
    let language = edition.language;
    let mut masthead = assemble::masthead(settings, edition, *demo);
    masthead.issue = Some(language.pick("撤回通知", "Notice of withdrawal").to_owned());
    let short = issue.split(['（', '(']).next().unwrap_or(issue).trim();
    let stop = if reason.ends_with(['。', '！', '？', '.']) { "" } else { language.pick("。", ".") };
    let line = |label: &str, text: &str| Line { label: label.to_owned(), text: text.to_owned() };
    let heading = match language.is_english() {
        true => format!("Withdrawal of “{serial}”, {short}"),
        false => format!("关于撤回《{serial}》{short}的通知"),
    };
    let lead = match language.is_english() {
        true => format!(
            "The issue named below is withdrawn and is not to be used from the day of this notice. Reason: {reason}{stop}"
        ),
        false => format!("下列简报现予撤回，自本通知印发之日起停止使用。撤回原因：{reason}{stop}"),
    };
    let labels = language.pick(["刊名", "期号", "印发日期", "标题"], ["Serial", "Number", "Date", "Title"]);
    let requests = language.pick(
        [
            "请收到该期的单位立即停止使用，不再转发、引用。",
            "纸质件请按规定销毁，电子件请予删除；已转发的，请告知转收单位一并处理。",
            "该期期号不再使用；如需重新印发，另编期号。",
        ],
        [
            "Whoever received the issue is asked to stop using it at once, and neither to pass it on nor to quote it.",
            "Please destroy paper copies by your rules and delete files; if you passed it on, please tell those who have it from you.",
            "The number is not used again; an issue that takes its place has another.",
        ],
    );
    Withdrawal {
        format: 1,
        document: "withdrawal",
        language: language.tag(),
        description: format!("{serial}{}{heading}", language.pick("：", ": ")),
        keywords: vec![serial.clone(), language.pick("撤回", "withdrawal").to_owned()],
        title: heading,
        date: assemble::document_date(edition),
        masthead,
        salutation: language.pick("各收件单位：", "To all recipients:").to_owned(),
        lead: vec![lead],
        what: labels
            .into_iter()
            .zip([serial, issue, date, &title.replace('\n', "")])
            .map(|(label, text)| line(label, text))
            .collect(),
        requests: requests.map(str::to_owned).into(),
        imprint: assemble::imprint(settings, edition),
    }
}
