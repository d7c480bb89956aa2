//! The cast: which accounts the company has, and how each of them buys.

use super::calendar::Calendar;
use super::names::{self, INDUSTRIES, MANAGERS, REGIONS};
use super::random::{Dice, permille};
use crate::time::Date;

/// How an account buys over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pattern {
    /// Several orders a month, all the time.
    Steady,
    /// About one order a month.
    Regular,
    /// The same amount once a month, by standing order.
    Standing,
    /// Every second or third month.
    Occasional,
    /// Once or twice a year.
    Rare,
    /// One profitable purchase without a discount, and never back.
    GoldenShot,
    /// Began in the last weeks.
    Newcomer,
    /// A frequent buyer who stopped within the last year.
    Leaver,
    /// Stopped before the last year.
    Gone,
    /// Stayed away for more than half a year and came back.
    Returner,
    /// From a few small orders to many large ones.
    Climber,
    /// From large to small.
    Shrinking,
    /// Haggles, orders in small lots, and costs more than it brings.
    LossMaker,
    /// Has not bought yet: known from the accounts and the opportunities only.
    Candidate,
}

/// One account, with everything that decides how it appears in the tables.
pub(super) struct Customer {
    /// The key in the ledger.
    pub account: String,
    /// The registered name.
    pub name: String,
    /// The place of the head office.
    pub parent: Option<usize>,
    pub pattern: Pattern,
    pub manager: usize,
    /// Who looked after it before, and up to which month.
    pub former: Option<(usize, usize)>,
    pub industry: usize,
    pub region: usize,
    pub employees: i64,
    /// The customer's own turnover, in cents.
    pub turnover: i64,
    /// What it spends a year on what the company sells, in cents.
    pub budget: i64,
    pub reference: bool,
    pub since: Date,
    /// What it buys in a full year at its end, in cents.
    pub annual: i64,
    /// Orders in a thousand months.
    pub orders: i64,
    /// How far order values stray, in thousandths.
    pub wobble: i64,
    pub margin: i64,
    pub discount: i64,
    pub cost_to_serve: i64,
    /// Growth a year, in thousandths.
    pub growth: i64,
    pub season: usize,
    /// How many directions it buys.
    pub range: usize,
    /// First and last month with orders.
    pub from: usize,
    pub to: usize,
    /// Months without orders in between.
    pub away: Option<(usize, usize)>,
    /// 0 a stranger, 1 known, 2 a partner, 3 acting together.
    pub closeness: i64,
    /// Our score as the customer sees it, in thousandths of the best competitor's.
    pub strength: i64,
    /// Demands much and knows its market.
    pub expert: bool,
}

impl Customer {
    /// Does it buy in this month?
    pub fn buys(&self, month: usize) -> bool {
        self.pattern != Pattern::Candidate
            && (self.from..=self.to).contains(&month)
            && self.away.is_none_or(|(first, last)| !(first..=last).contains(&month))
    }

    /// Who looks after it in a month.
    pub fn manager_in(&self, month: usize) -> usize {
        self.former.filter(|(_, until)| month <= *until).map_or(self.manager, |(manager, _)| manager)
    }
}

/// The largest accounts, whose parts are given: every class that leans on size has somebody in it.
const HEAD: [Pattern; 12] = [
    Pattern::Steady,
    Pattern::Steady,
    Pattern::LossMaker,
    Pattern::Steady,
    Pattern::Occasional,
    Pattern::Shrinking,
    Pattern::Climber,
    Pattern::Steady,
    Pattern::Leaver,
    Pattern::Regular,
    Pattern::Steady,
    Pattern::Rare,
];

/// The parts of every 24 accounts after them, in a drawn order, so that each part is played by large and by small accounts.
const DECK: [Pattern; 24] = [
    Pattern::Steady,
    Pattern::Steady,
    Pattern::Steady,
    Pattern::Steady,
    Pattern::Regular,
    Pattern::Regular,
    Pattern::Regular,
    Pattern::Regular,
    Pattern::Standing,
    Pattern::Occasional,
    Pattern::Occasional,
    Pattern::Occasional,
    Pattern::Rare,
    Pattern::Rare,
    Pattern::GoldenShot,
    Pattern::GoldenShot,
    Pattern::Newcomer,
    Pattern::Leaver,
    Pattern::Leaver,
    Pattern::Gone,
    Pattern::Returner,
    Pattern::Climber,
    Pattern::Shrinking,
    Pattern::LossMaker,
];

/// The accounts that act together with the company, whatever is drawn.
const PARTNERS: [usize; 3] = [0, 1, 3];
/// The accounts whose name brings others, whatever is drawn.
const REFERENCES: [usize; 2] = [7, 15];
/// A year's sales per account, in cents.
const ANNUAL_PER_ACCOUNT: i64 = 10_000_000;

/// All accounts, the largest first and the candidates last.
pub(super) fn cast(seed: u64, count: usize, calendar: Calendar) -> Vec<Customer> {
    let mut dice = Dice::new(seed, 1);
    let candidates = count / 20;
    let buyers = count - candidates;
    let names = names::accounts(&mut dice, count);
    let volumes = volumes(buyers, i64::try_from(count).unwrap_or(0) * ANNUAL_PER_ACCOUNT);
    let mut patterns = HEAD.to_vec();
    while patterns.len() < buyers {
        let mut deck = DECK;
        dice.shuffle(&mut deck);
        patterns.extend(deck);
    }
    patterns.truncate(buyers);
    patterns.resize(count, Pattern::Candidate);
    names
        .into_iter()
        .zip(patterns)
        .enumerate()
        .map(|(at, (account, pattern))| {
            // A candidate would be one of the larger accounts.
            let volume = if at < buyers { volumes[at] } else { volumes[3 + (at - buyers) * 3 % 40] };
            let name = names::registered(&mut dice, &account);
            customer(&mut dice, at, account, name, pattern, volume, calendar)
        })
        .collect()
}

/// What each rank buys in a year: falling with the rank to the power 9/8, which gives the largest fifth about four fifths.
fn volumes(count: usize, total: i64) -> Vec<i64> {
    let weights: Vec<u128> = (2..count as u128 + 2)
        .map(|rank| {
            let eighth_root = (rank << 96).isqrt().isqrt().isqrt();
            (1u128 << 72) / (rank * eighth_root)
        })
        .collect();
    let sum: u128 = weights.iter().sum::<u128>().max(1);
    weights.iter().map(|weight| i64::try_from(weight * u128::from(total.unsigned_abs()) / sum).unwrap_or(0)).collect()
}

/// How a pattern buys: orders in a thousand months, margin, discount, cost to serve, growth, each as the range it is drawn from.
fn habits(pattern: Pattern) -> [(i64, i64); 5] {
    match pattern {
        Pattern::Steady => [(1_600, 4_500), (260, 380), (20, 120), (15, 60), (-40, 140)],
        Pattern::Regular => [(650, 1_000), (250, 370), (20, 110), (15, 60), (-60, 120)],
        Pattern::Standing => [(1_000, 1_000), (240, 320), (40, 80), (10, 25), (0, 0)],
        Pattern::Occasional => [(330, 600), (260, 400), (10, 90), (15, 60), (-80, 100)],
        Pattern::Rare => [(90, 210), (280, 420), (0, 80), (20, 70), (-80, 80)],
        Pattern::GoldenShot => [(1_000, 1_000), (500, 580), (0, 0), (5, 15), (0, 0)],
        Pattern::Newcomer => [(1_000, 1_600), (220, 360), (30, 120), (20, 60), (0, 0)],
        Pattern::Leaver => [(3_500, 7_000), (230, 340), (40, 140), (25, 70), (-60, 60)],
        Pattern::Gone => [(500, 3_000), (230, 360), (30, 130), (20, 70), (-80, 60)],
        Pattern::Returner => [(900, 2_500), (240, 360), (40, 120), (20, 60), (0, 80)],
        Pattern::Climber => [(2_500, 4_500), (280, 390), (20, 80), (15, 45), (0, 0)],
        Pattern::Shrinking => [(1_200, 2_600), (220, 330), (60, 160), (25, 80), (-320, -220)],
        Pattern::LossMaker => [(4_000, 7_500), (50, 100), (150, 260), (190, 310), (-40, 120)],
        Pattern::Candidate => [(0, 0); 5],
    }
}

/// Draws one account.
fn customer(dice: &mut Dice, at: usize, account: String, name: String, pattern: Pattern, volume: i64, calendar: Calendar) -> Customer {
    let [orders, margin, discount, cost_to_serve, growth] = habits(pattern).map(|(low, high)| dice.between(low, high));
    let (from, to, away) = presence(dice, pattern, at, calendar);
    let partner = PARTNERS.contains(&at);
    // The largest accounts are known by the company; what is drawn must not make strangers of them.
    let closeness = match pattern {
        _ if partner => 3,
        Pattern::Steady | Pattern::Climber if at < 70 && dice.chance(300) => 3,
        Pattern::Steady | Pattern::Standing | Pattern::Climber => 2,
        Pattern::Regular if dice.chance(600) => 2,
        Pattern::GoldenShot | Pattern::Newcomer | Pattern::Candidate => 0,
        _ => 1,
    };
    let strength = match pattern {
        _ if closeness == 3 => dice.between(1_140, 1_380),
        Pattern::Leaver | Pattern::Gone | Pattern::Shrinking => dice.between(620, 930),
        _ => dice.between(720, 1_320),
    };
    let turnover = permille(volume, dice.between(20_000, 300_000)) * if REFERENCES.contains(&at) { 12 } else { 1 };
    let region = usize::try_from(dice.below(REGIONS.len() as i64)).unwrap_or(0);
    let manager = if dice.chance(800) { region } else { usize::try_from(dice.below(MANAGERS.len() as i64)).unwrap_or(0) };
    let former = (calendar.months() > 18 && dice.chance(150))
        .then(|| ((manager + 1) % MANAGERS.len(), usize::try_from(dice.between(6, calendar.last() as i64 - 6)).unwrap_or(0)));
    let share_of_wallet = if partner { dice.between(550, 800) } else { dice.between(250, 950) };
    Customer {
        name,
        account,
        // A few subsidiaries of the fourth, the thirteenth and the twenty-first account.
        parent: match at {
            19 | 46 | 90 => Some(3),
            33 | 58 => Some(12),
            74 => Some(20),
            _ => None,
        },
        pattern,
        manager: if pattern == Pattern::Candidate { MANAGERS.len() - 1 } else { manager },
        former: former.filter(|_| pattern != Pattern::Candidate),
        industry: usize::try_from(dice.below(INDUSTRIES.len() as i64)).unwrap_or(0),
        region,
        employees: (turnover / dice.between(14_000_000, 26_000_000)).max(3),
        turnover,
        budget: permille(volume, 1_000_000 / share_of_wallet.max(1)).max(1) / 100_000 * 100_000,
        reference: REFERENCES.contains(&at) || dice.chance(20),
        since: if from == 0 {
            Date(calendar.start(0).0 - i32::try_from(dice.between(60, 4_000)).unwrap_or(60))
        } else {
            calendar.start(from)
        },
        annual: volume,
        // The largest account is in the shop every week.
        orders: if at == 0 { 6_000 } else { orders },
        wobble: if pattern == Pattern::Standing { 15 } else { dice.between(80, 350) },
        // The second brings as much profit as the first, on less revenue.
        margin: if at == 1 { 395 } else { margin },
        discount,
        cost_to_serve,
        growth,
        season: if pattern == Pattern::Standing { 0 } else { usize::try_from(dice.below(4)).unwrap_or(0) },
        range: usize::try_from(1 + closeness.max(1) + dice.below(2)).unwrap_or(1),
        from,
        to,
        away,
        closeness,
        strength,
        expert: matches!(at, 1 | 9) || (closeness >= 1 && dice.chance(70)),
    }
}

/// The first and the last month with orders, and the months away in between.
fn presence(dice: &mut Dice, pattern: Pattern, at: usize, calendar: Calendar) -> (usize, usize, Option<(usize, usize)>) {
    let (last, year) = (calendar.last(), calendar.year());
    let mut month = |low: usize, high: usize| usize::try_from(dice.between(low as i64, high.max(low) as i64)).unwrap_or(low);
    match pattern {
        Pattern::GoldenShot => {
            let only = month(2, last - 5);
            (only, only, None)
        }
        Pattern::Newcomer => (last - month(0, 1), last, None),
        Pattern::Leaver => (0, month(year + 2, last - 4), None),
        Pattern::Gone => (0, month(5, year.max(6) - 1), None),
        Pattern::Returner => {
            let back = month(last - 6, last - 2);
            let gone = back - month(7, 10);
            (0, last, Some((gone, back - 1)))
        }
        Pattern::Climber => (0, last, None),
        // The head has been there all the time; of the others some came later.
        _ if at < HEAD.len() => (0, last, None),
        _ if month(0, 99) < 25 => (month(1, last - 9), last, None),
        _ => (0, last, None),
    }
}
