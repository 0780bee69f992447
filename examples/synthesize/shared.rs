//! What all synthetic regions share: settings, units, indicators, topics.

use crate::entries::Entries;
use crate::indicators::{INDICATORS, Indicator, THEMES, UNITS, dimension};

const REMARK: &str = "合成数据，仅供测试：不指任何真实地方。";

/// The files of the workspace besides those of its regions, each with its path.
pub(crate) fn files(used: &[&'static Indicator]) -> [(&'static str, String); 5] {
    [
        ("report.toml", settings()),
        ("data/units.toml", units()),
        ("data/indicators.toml", indicators(used)),
        ("data/topics.toml", topics()),
        ("data/terms.toml", terms()),
    ]
}

fn settings() -> String {
    let mut to =
        Entries::new("Synthetic data, for tests alone: no place, office or figure of this workspace exists.");
    to.table("[workspace]").text("zone", "Asia/Shanghai");
    to.table("[imprint]").text("masthead", "合成数据联建简报（测试）").text("class", "合成数据，仅供测试");
    to.text("office", "合成数据测试室（虚构）").text("distribute_to", "测试使用");
    to.finish()
}

fn units() -> String {
    let mut to = Entries::new(REMARK);
    for unit in UNITS.iter() {
        to.table("[[unit]]").text("symbol", unit.symbol).text("dimension", unit.dimension);
        to.bare("factor", unit.factor).maybe("english", Some(unit.english).filter(|word| !word.is_empty()));
    }
    to.finish()
}

/// Of the list those that some region uses: what nothing uses would be reported.
fn indicators(used: &[&'static Indicator]) -> String {
    let mut to = Entries::new(REMARK);
    for (at, (id, label, english)) in THEMES.iter().enumerate() {
        to.table("[[theme]]")
            .text("id", id)
            .text("label", label)
            .text("english", english)
            .bare("order", at + 1);
    }
    for one in INDICATORS.iter().filter(|one| used.contains(one)) {
        to.table("[[indicator]]").text("id", one.id).text("label", one.label).text("english", one.english);
        to.text("dimension", dimension(one.unit)).text("unit", one.unit).text("theme", one.theme);
        to.text("nature", one.nature).text("definition", one.definition);
        to.maybe("topic", Some(one.topic).filter(|topic| !topic.is_empty()));
    }
    to.finish()
}

fn topics() -> String {
    const TOPICS: [(&str, &str, &str); 9] = [
        ("bodies", "联建党组织", "Joint Party bodies"),
        ("reach", "结对村、社区", "Villages and communities paired"),
        ("units", "结对单位", "Paired units"),
        ("projects", "联建项目", "Joint projects"),
        ("funds", "项目投入", "Money for projects"),
        ("income", "村集体收入", "Collective income"),
        ("needs", "需求办理", "Requests handled"),
        ("problems", "问题整改", "Problems mended"),
        ("training", "骨干培训", "Training of key members"),
    ];
    const MORE: [(&str, &str, &str); 2] =
        [("people-sent", "下派人员", "People sent down"), ("events", "联办活动", "Joint events")];
    const PRACTICES: [(&str, &str, &str); 6] = [
        ("joint-body", "联合党组织", "Joint Party bodies"),
        ("unit-pairing", "单位结对村、社区", "Units paired with villages or communities"),
        ("lists", "清单", "Lists"),
        ("projects", "联建项目", "Joint projects"),
        ("cross-check", "互查督查", "Cross-checks"),
        ("key-training", "骨干培训", "Training of key members"),
    ];
    let mut to = Entries::new(REMARK);
    for (at, (id, label, english)) in TOPICS.iter().chain(&MORE).enumerate() {
        to.table("[[topic]]")
            .text("id", id)
            .text("label", label)
            .text("english", english)
            .bare("order", at + 1);
    }
    for (at, (id, label, english)) in PRACTICES.iter().enumerate() {
        to.table("[[practice]]").text("id", id).text("label", label).text("english", english);
        to.bare("order", at + 1);
    }
    to.finish()
}

fn terms() -> String {
    let mut to = Entries::new(REMARK);
    to.table("[[term]]").text("wrong", "连建党组织").text("right", "联建党组织").text("why", "同音字");
    to.finish()
}
