//! What a message says besides its parcel, in the language of what it holds.
//!
//! How it is put together is left to `message`.

use super::settings::EmailSettings;
use crate::model::Language;

/// A language as mail programs and browsers know it.
pub(super) fn tag_of(language: Language) -> &'static str {
    match language {
        Language::Simplified => "zh-CN",
        Language::Traditional => "zh-TW",
        Language::English => "en",
    }
}

/// What is said around the figures and the list of files.
pub(super) struct Phrases {
    pub(super) attached: &'static str,
    pub(super) linked: &'static str,
    pub(super) internal: &'static str,
    pub(super) figures: &'static str,
    pub(super) colon: &'static str,
}

const SIMPLIFIED: Phrases = Phrases {
    attached: "附件：",
    linked: "文件较大，未随信附上，请从下列地址下载，并核对校验值：",
    internal: "内部资料，注意保管",
    figures: "主要数据",
    colon: "：",
};
const TRADITIONAL: Phrases = Phrases {
    attached: "附件：",
    linked: "文件較大，未隨信附上，請從下列地址下載，並核對校驗值：",
    internal: "內部資料，注意保管",
    figures: "主要數據",
    colon: "：",
};
const ENGLISH: Phrases = Phrases {
    attached: "Attached:",
    linked: "The files are too large to be attached. Please download them from these addresses and compare the checksums:",
    internal: "Internal: please keep it safe",
    figures: "Key figures",
    colon: ": ",
};

/// The phrases of a language.
pub(super) fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::Simplified => &SIMPLIFIED,
        Language::Traditional => &TRADITIONAL,
        Language::English => &ENGLISH,
    }
}

/// The last line.
pub(super) fn closing(settings: &EmailSettings, language: Language) -> &'static str {
    match (&settings.reply_to, language) {
        (Some(_), Language::Simplified) => "本邮件由系统自动发送。如有疑问，请直接回复本邮件。",
        (None, Language::Simplified) => "本邮件由系统自动发送，请勿回复。",
        (Some(_), Language::Traditional) => "本郵件由系統自動發送。如有疑問，請直接回覆本郵件。",
        (None, Language::Traditional) => "本郵件由系統自動發送，請勿回覆。",
        (Some(_), Language::English) => {
            "This message was sent automatically. If you have questions, please reply to it."
        }
        (None, Language::English) => "This message was sent automatically; please do not reply.",
    }
}
