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
    let mut masthead = assemble::masthead(settings, edition, *demo);
    masthead.issue = Some("撤回通知".to_owned());
    let short = issue.split('（').next().unwrap_or(issue);
    let stop = if reason.ends_with(['。', '！', '？']) { "" } else { "。" };
    let line = |label: &str, text: &str| Line { label: label.to_owned(), text: text.to_owned() };
    let heading = format!("关于撤回《{serial}》{short}的通知");
    Withdrawal {
        format: 1,
        document: "withdrawal",
        language: "zh-Hans",
        description: format!("{serial}：{heading}"),
        keywords: vec![serial.clone(), "撤回".to_owned()],
        title: heading,
        date: assemble::document_date(edition),
        masthead,
        salutation: "各收件单位：".to_owned(),
        lead: vec![format!("下列简报现予撤回，自本通知印发之日起停止使用。撤回原因：{reason}{stop}")],
        what: vec![
            line("刊名", serial),
            line("期号", issue),
            line("印发日期", date),
            line("标题", &title.replace('\n', "")),
        ],
        requests: vec![
            "请收到该期的单位立即停止使用，不再转发、引用。".to_owned(),
            "纸质件请按规定销毁，电子件请予删除；已转发的，请告知转收单位一并处理。".to_owned(),
            "该期期号不再使用；如需重新印发，另编期号。".to_owned(),
        ],
        imprint: assemble::imprint(settings, edition),
    }
}
