//! The figures of a region: which it has, how large they are, and the relations that they hold.
//!
//! What they are called and counted in is left to `indicators`, how they are written to `facts`.

use crate::draw::Draw;
use crate::facts::{ACCOUNT, BEFORE, Derived, Figures, VISITS, YEAR, over_year};
use crate::indicators::{INDICATORS, Indicator, indicator};
use crate::names::Place;

/// The forms of joint bodies.
const FORMS: [(&str, &str); 5] = [
    ("villages", "村、社区之间"),
    ("firms", "与企业"),
    ("organs", "与机关单位"),
    ("chains", "按产业链"),
    ("estates", "按小区片区"),
];

/// Where money comes from.
const ORIGINS: [(&str, &str); 5] = [
    ("fiscal", "财政"),
    ("firms", "企业"),
    ("villages", "村集体"),
    ("banks", "银行贷款"),
    ("gifts", "社会捐助"),
];

/// What people ask for.
const NEEDS: [(&str, &str); 6] = [
    ("roads", "道路水电"),
    ("sales", "产销对接"),
    ("credit", "贷款担保"),
    ("skills", "技术培训"),
    ("care", "养老助残"),
    ("permits", "证照手续"),
];

/// The bands of income.
const BANDS: [(&str, &str); 3] =
    [("low", "十万元以下"), ("middle", "十万至三十万元"), ("high", "三十万元以上")];

impl Figures {
    /// Draws the figures of a region with at least `least` facts; `counted` says how many lists and modes its mechanisms have.
    pub(crate) fn draw(
        county: &Place,
        towns: &[Place],
        villages: &[Place],
        counted: [usize; 2],
        least: usize,
        breadth: i64,
        draw: &mut Draw,
    ) -> Self {
        let mut figures = Self { county: county.stem.clone(), ..Self::default() };
        figures.organisation(towns, counted, draw);
        figures.economy(towns, breadth, draw);
        figures.governance(draw);
        figures.people(draw);
        figures.extra(breadth, draw);
        figures.villages(villages, breadth, draw);
        let mut round = 0;
        while figures.facts.len() < least {
            figures.more(villages, round, least, draw);
            round += 1;
        }
        figures
    }

    fn organisation(&mut self, towns: &[Place], [lists, modes]: [usize; 2], draw: &mut Draw) {
        let villages = self.exact("villages", draw);
        let bodies = self.exact("joint-bodies", draw);
        let chosen = draw.shuffled(&FORMS);
        let count = usize::from(draw.chance(50)) + 3;
        self.parts("joint-bodies", "bodies-by-form", &chosen[..count], bodies, "联建的党组织", draw);
        let split = draw.split(bodies, towns.len());
        let ids: Vec<String> = towns
            .iter()
            .zip(split)
            .map(|(town, part)| {
                let fact = self.add(&format!("bodies-{}", town.id), "bodies-by-town", part);
                fact.place = Some(town.id.clone());
                fact.label = Some(format!("{}的联建党组织", town.name));
                fact.id.clone()
            })
            .collect();
        self.sums.push(("joint-bodies".into(), ids));
        let paired = villages * draw.between(46, 92) / 100;
        self.add("paired-villages", "paired-villages", paired);
        self.exact("paired-units", draw);
        self.add("lists", "lists", lists as i64);
        self.add("joint-modes", "joint-modes", modes as i64);
        self.chains.push(vec!["villages".into(), "paired-villages".into()]);
        self.ratio("paired-share", "村和社区结对率", "paired-villages / villages", "organisation");
        let target = (paired + draw.between(2, 9)).min(villages);
        self.target("paired-villages-target", "paired-villages", target);
        self.apart.push((vec!["paired-villages".into(), "paired-units".into()], "村和单位不同类"));
    }

    fn economy(&mut self, towns: &[Place], breadth: i64, draw: &mut Draw) {
        let planned = self.exact("projects-planned", draw);
        let started = planned * draw.between(72, 98) / 100;
        let finished = started * draw.between(55, 94) / 100;
        self.add("projects-started", "projects-started", started);
        self.add("projects-finished", "projects-finished", finished);
        let chain = ["projects-planned", "projects-started", "projects-finished"];
        self.chains.push(chain.map(str::to_owned).to_vec());
        self.ratio("finished-share", "项目完工率", "projects-finished / projects-started", "economy");
        self.target("projects-target", "projects-started", started + draw.between(3, 24));
        let funds = self.exact("project-funds", draw);
        let chosen = draw.shuffled(&ORIGINS);
        let count = usize::from(draw.chance(60)) + 2 + usize::from(draw.chance(40));
        self.parts("project-funds", "funds-by-origin", &chosen[..count], funds, "投入", draw);
        self.derived.push(Derived {
            id: "funds-per-project",
            label: "每个开工项目的投入",
            formula: "project-funds / projects-started".into(),
            unit: "万元",
            per: Some("项目"),
            theme: "economy",
        });
        let low = draw.between(80, 300);
        let high = draw.between(90, 330);
        for ((id, name), share) in BANDS.iter().zip([low, 1000 - low - high, high]) {
            let fact = self.tenths(&format!("income-{id}"), "income-bands", share);
            fact.label = Some(format!("村集体年收入{name}的村"));
        }
        let income =
            draw.between(indicator("village-income").range.0 * 10, indicator("village-income").range.1 * 10);
        let earlier = income * draw.between(78, 97) / 100;
        for (year, value, source) in [
            (YEAR, income, ACCOUNT),
            (YEAR - 1, earlier, BEFORE),
            (YEAR - 2, earlier * draw.between(80, 99) / 100, BEFORE),
        ] {
            if year > YEAR - 2 || draw.chance(30 * breadth) {
                let fact = self.tenths(&format!("village-income-{year}"), "village-income", value);
                fact.time = over_year(year);
                fact.source = source;
            }
        }
        self.target("village-income-target", "village-income", (income + draw.between(10, 60)) / 10);
        for town in draw.some(towns, 2 + breadth as usize) {
            let (id, value) = (format!("income-{}", town.id), income * draw.between(60, 150) / 100);
            let fact = self.tenths(&id, "income-by-town", value);
            fact.label = Some(format!("{}的村均集体收入", town.name));
            fact.place = Some(town.id);
        }
    }

    fn governance(&mut self, draw: &mut Draw) {
        let received = self.exact("needs-received", draw);
        let accepted = received * draw.between(84, 99) / 100;
        self.add("needs-accepted", "needs-accepted", accepted);
        self.add("needs-done", "needs-done", accepted * draw.between(70, 99) / 100);
        let chain = ["needs-received", "needs-accepted", "needs-done"];
        self.chains.push(chain.map(str::to_owned).to_vec());
        self.ratio("needs-done-share", "需求办结率", "needs-done / needs-received", "governance");
        let chosen = draw.shuffled(&NEEDS);
        let count = usize::from(draw.chance(50)) + 4;
        self.parts("needs-received", "needs-by-kind", &chosen[..count], received, "需求", draw);
        let found = self.exact("problems-found", draw);
        let due = found * draw.between(60, 95) / 100;
        self.add("problems-due", "problems-due", due);
        self.add("problems-mended", "problems-mended", due * draw.between(70, 100) / 100);
        let chain = ["problems-found", "problems-due", "problems-mended"];
        self.chains.push(chain.map(str::to_owned).to_vec());
        self.ratio("mended-share", "到期问题整改率", "problems-mended / problems-due", "governance");
    }

    fn people(&mut self, draw: &mut Draw) {
        self.loose("members", draw);
        self.exact("sent-cadres", draw);
        self.exact("training-classes", draw);
        self.exact("trained", draw);
        let events = self.exact("events", draw);
        for year in [YEAR - 1, YEAR - 2] {
            if year == YEAR - 1 || draw.chance(40) {
                let value = events * draw.between(62, 112) / 100;
                let fact = self.add(&format!("events-{year}"), "events", value);
                fact.time = over_year(year);
                fact.source = BEFORE;
            }
        }
        self.derived.push(Derived {
            id: "trained-per-class",
            label: "每期培训班的人次",
            formula: "trained / training-classes".into(),
            unit: "人次",
            per: Some("期"),
            theme: "people",
        });
    }

    /// What this region has and others have not, with words on how exact it is.
    fn extra(&mut self, breadth: i64, draw: &mut Draw) {
        let all: Vec<&'static Indicator> = INDICATORS.iter().filter(|one| one.group == "some").collect();
        let count = draw.between(4 * breadth, 2 + 5 * breadth) as usize;
        self.extras = draw.some(&all, count);
        for extra in self.extras.clone() {
            self.loose(extra.id, draw);
        }
    }

    /// Figures of single villages.
    fn villages(&mut self, villages: &[Place], breadth: i64, draw: &mut Draw) {
        let told = if breadth == 0 { 1 } else { 2 };
        for village in villages {
            for (id, of) in
                [("earnings", "village-earnings"), ("land", "village-land")].into_iter().take(told)
            {
                self.of_place(format!("{id}-{}", village.id), of, village, draw);
            }
        }
    }

    /// Further figures of single villages, until there are as many as were asked for.
    fn more(&mut self, villages: &[Place], round: usize, least: usize, draw: &mut Draw) {
        let all: Vec<&'static Indicator> = INDICATORS.iter().filter(|one| one.group == "some").collect();
        let one = all[round % all.len()];
        for village in villages {
            if self.facts.len() < least {
                let id = format!("{}-{}-{}", one.id, round / all.len(), village.id);
                self.of_place(id, one.id, village, draw);
            }
        }
    }

    fn of_place(&mut self, fact_id: String, id: &'static str, place: &Place, draw: &mut Draw) {
        let (least, most) = indicator(id).range;
        let value = draw.between(least, most);
        let fact = self.add(&fact_id, id, value);
        fact.place = Some(place.id.clone());
        fact.coverage = "single";
        fact.source = VISITS;
        fact.time = over_half(indicator(id));
    }

    fn exact(&mut self, id: &'static str, draw: &mut Draw) -> i64 {
        let (least, most) = indicator(id).range;
        let value = draw.between(least, most);
        self.add(id, id, value);
        value
    }

    /// A figure that may be said to be about so much, more, or nearly so much.
    fn loose(&mut self, id: &'static str, draw: &mut Draw) {
        const WORDS: [(&str, &str); 7] = [
            ("about", "约"),
            ("more-than", "余"),
            ("more-than", "多"),
            ("more-than", "超"),
            ("at-least", "以上"),
            ("nearly", "近"),
            ("about", "左右"),
        ];
        let (least, most) = indicator(id).range;
        let value = draw.between(least, most);
        let coverage = *draw.one(&["whole", "whole", "whole", "part"]);
        let round = if value >= 1000 { 100 } else { 10 };
        let word = (value >= 40 && draw.chance(45)).then(|| *draw.one(&WORDS));
        let value = if word.is_some() { value / round * round } else { value };
        let note = format!("只数{}报了数的乡镇", self.county);
        let fact = self.add(id, id, value);
        fact.qualifier = word;
        fact.coverage = coverage;
        if coverage == "part" {
            fact.note = Some(note);
        }
        if draw.chance(15) && fact.indicator.nature == "flow" {
            fact.time = vec![("start", "not-stated".into()), ("to", format!("{YEAR}-12"))];
        }
    }

    /// The parts of a total, one for each name.
    fn parts(
        &mut self,
        total: &str,
        id: &'static str,
        names: &[(&'static str, &'static str)],
        whole: i64,
        what: &str,
        draw: &mut Draw,
    ) {
        let split = draw.split(whole, names.len());
        let prefix = id.split('-').next().unwrap_or(id);
        let ids = names.iter().zip(split).map(|((part, name), value)| {
            let fact = self.add(&format!("{prefix}-{part}"), id, value);
            fact.label = Some(format!("{name}{what}"));
            fact.id.clone()
        });
        let ids = ids.collect();
        self.sums.push((total.to_owned(), ids));
    }

    fn ratio(&mut self, id: &'static str, label: &'static str, formula: &str, theme: &'static str) {
        self.derived.push(Derived { id, label, formula: formula.into(), unit: "%", per: None, theme });
    }

    fn target(&mut self, id: &str, of: &'static str, value: i64) {
        let fact = self.add(id, of, value);
        fact.target = true;
        fact.time = vec![("as_of", format!("{}-12", YEAR + 1))];
    }
}

/// The visits were made in the middle of the year.
fn over_half(indicator: &Indicator) -> Vec<(&'static str, String)> {
    match indicator.nature {
        "stock" => vec![("as_of", format!("{YEAR}-06"))],
        _ => vec![("from", format!("{YEAR}-01")), ("to", format!("{YEAR}-06"))],
    }
}
