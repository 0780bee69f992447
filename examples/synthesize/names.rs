//! Names of counties, towns and villages that exist nowhere: three syllables each, and no county twice.
//!
//! What is told of the places is left to the figures.

use crate::draw::Draw;

/// Syllables in Chinese and in Latin letters. Within each list no two sound alike, so that ids differ where names do.
const FIRST: &str = "霁ji 岚lan 澄cheng 霞xia 栖qi 墨mo 芷zhi 蔚wei 鹭lu 翠cui 碧bi 朔shuo 素su 苍cang 晴qing 荻di \
     菱ling 萤ying 穗sui 紫zi 黛dai 璃li 珀po 琅lang 瑶yao 韵yun 砚yan 笺jian 缃xiang 绯fei 霜shuang 虹hong";

const SECOND: &str = "泊bo 溪xi 川chuan 岭ling 原yuan 坪ping 湾wan 洲zhou 渚zhu 浦pu 潭tan 泉quan 峰feng 岩yan 沙sha 田tian \
     林lin 萝luo 松song 柏bai 梅mei 兰lan 桑sang 麦mai 禾he 谷gu 茶cha 莲lian 藤teng 蕉jiao 笋sun 苇wei";

const THIRD: &str = "照zhao 鸣ming 和he 宁ning 安an 庆qing 延yan 望wang 归gui 屿yu 舟zhou 桥qiao 渡du 驿yi 集ji 堡bao \
     楼lou 塔ta 寨zhai 关guan 店dian 墟xu 亭ting 阁ge 台tai 港gang 滩tan 坝ba 塘tang 湖hu 洼wa 垭ya";

/// How many counties there are names for.
pub(crate) const MOST: usize = EACH * EACH * EACH;

/// How many syllables each list has.
const EACH: usize = 32;

/// A place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The id.
    pub(crate) id: String,
    /// The name in full.
    pub(crate) name: String,
    /// The name without what says that it is a town.
    pub(crate) stem: String,
    /// In English.
    pub(crate) english: String,
    /// `county`, `town` or `village`.
    pub(crate) level: &'static str,
    /// The id of the place it lies in; none for a place right below the region.
    pub(crate) parent: Option<String>,
    /// The order among its neighbours.
    pub(crate) order: usize,
}

/// The county of a number: numbers below [`MOST`] have names of their own.
pub(crate) fn county(seed: u64, number: usize) -> Place {
    // An odd factor and any summand permute the numbers below a power of two.
    let scattered = (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(seed) as usize % MOST;
    place(scattered, "县", "county", "County")
}

/// So many towns of a county, all with names of their own.
pub(crate) fn towns(count: usize, draw: &mut Draw) -> Vec<Place> {
    let kinds = [("镇", "Town"), ("镇", "Town"), ("乡", "Township"), ("街道", "Subdistrict")];
    distinct(count, draw, |name, draw| {
        let (kind, english) = *draw.one(&kinds);
        let town = place(name, kind, "town", english);
        // A town may be called like its county, which has the id then.
        Place { id: format!("{}-zhen", town.id), ..town }
    })
}

/// So many villages, spread over the towns, all with names of their own.
pub(crate) fn villages(count: usize, towns: &[Place], draw: &mut Draw) -> Vec<Place> {
    let mut villages = distinct(count, draw, |name, _| place(name, "村", "village", "Village"));
    for (at, village) in villages.iter_mut().enumerate() {
        village.id = format!("{}-cun", village.id);
        village.parent = Some(towns[at % towns.len()].id.clone());
    }
    villages
}

fn distinct(count: usize, draw: &mut Draw, mut one: impl FnMut(usize, &mut Draw) -> Place) -> Vec<Place> {
    let (start, step) = (draw.below(MOST), 2 * draw.below(MOST / 2) + 1);
    (0..count).map(|at| Place { order: at + 1, ..one((start + at * step) % MOST, draw) }).collect()
}

fn place(name: usize, kind: &str, level: &'static str, english: &str) -> Place {
    let first = syllable(FIRST, name);
    let second = syllable(SECOND, name / EACH);
    let third = syllable(THIRD, name / EACH / EACH);
    let stem = format!("{}{}{}", first.0, second.0, third.0);
    let latin = format!("{}{}{}", first.1, second.1, third.1);
    let capital = latin[..1].to_uppercase();
    Place {
        id: format!("{}-{}-{}", first.1, second.1, third.1),
        name: format!("{stem}{kind}"),
        english: format!("{capital}{} {english}", &latin[1..]),
        stem,
        level,
        parent: None,
        order: 0,
    }
}

fn syllable(list: &'static str, at: usize) -> (&'static str, &'static str) {
    let syllable = list.split_whitespace().nth(at % EACH).unwrap_or_default();
    syllable.split_at(syllable.chars().next().map_or(0, char::len_utf8))
}

/// A small number in Chinese.
pub(crate) fn han(number: usize) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match number {
        0..=9 => DIGITS[number].to_owned(),
        10..=19 => format!("十{}", if number == 10 { "" } else { DIGITS[number - 10] }),
        _ => format!(
            "{}十{}",
            DIGITS[number / 10 % 10],
            if number.is_multiple_of(10) { "" } else { DIGITS[number % 10] }
        ),
    }
}

/// How many, before what is counted: 两个, where `han` has 二.
pub(crate) fn count(number: usize) -> String {
    if number == 2 { "两".to_owned() } else { han(number) }
}
