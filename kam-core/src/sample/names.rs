//! Names that belong to nobody: stems and trades put together, in several alphabets.

use super::random::Dice;

/// Names that every sample company has, by the place of the account: other alphabets, one written from right to left, and one that a
/// page which forgets to escape would run.
const SPECIAL: [(usize, &str); 9] = [
    (17, "<script>alert(1)</script> & Söhne"),
    (23, "شركة النخيل للتجهيزات"),
    (31, "山田精密工業"),
    (38, "Αιγαίο Τεχνική"),
    (44, "Северный Привод"),
    (52, "Łódzka Fabryka Łożysk"),
    (60, "Île-d'Or \"Électro\""),
    (71, "Çınar Makine"),
    (83, "Þórshamar Útgerð"),
];

const STEMS: [&str; 72] = [
    "Nordwind",
    "Alster",
    "Birkenau",
    "Castell",
    "Dorado",
    "Eichhorn",
    "Falkner",
    "Granat",
    "Halden",
    "Isar",
    "Jülich",
    "Karst",
    "Lindqvist",
    "Møller",
    "Neckar",
    "Öresund",
    "Palmyra",
    "Quintana",
    "Rhenus",
    "Silvretta",
    "Tatra",
    "Umbra",
    "Valdivia",
    "Weser",
    "Xanten",
    "Ypsilon",
    "Zenit",
    "Aurora",
    "Bergamo",
    "Cormoran",
    "Delphin",
    "Elbtal",
    "Fjordland",
    "Gotthard",
    "Havel",
    "Inntal",
    "Jütland",
    "Kestrel",
    "Larimar",
    "Malachit",
    "Novara",
    "Olivin",
    "Pallas",
    "Quarz",
    "Rubin",
    "Saphir",
    "Turmalin",
    "Ultra",
    "Vogesen",
    "Wacholder",
    "Ander",
    "Brücken",
    "Cedar",
    "Dünen",
    "Ebro",
    "Föhn",
    "Garrigue",
    "Hügel",
    "Iberia",
    "Jasper",
    "Kormoran",
    "Lavant",
    "Minho",
    "Nyland",
    "Ostrava",
    "Piemont",
    "Rosenhag",
    "Skåne",
    "Tirol",
    "Ural",
    "Vltava",
    "Wallis",
];

const TRADES: [&str; 24] = [
    "Logistik",
    "Maschinenbau",
    "Foods",
    "Bau",
    "Chemie",
    "Werke",
    "Energie",
    "Handel",
    "Systems",
    "Papier",
    "Textil",
    "Anlagen",
    "Brauerei",
    "Glas",
    "Stahl",
    "Robotics",
    "Pharma",
    "Möbel",
    "Kliniken",
    "Aqua",
    "Druck",
    "Agrar",
    "Optik",
    "Holz",
];

const FORMS: [&str; 8] = ["GmbH", "AG", "Ltd", "S.A.", "SE", "KG", "s.r.o.", "AB"];

/// The people who look after the accounts.
pub(super) const MANAGERS: [&str; 6] = ["Anna Keller", "Björn Åkesson", "Chiara Rossi", "Daniel Okafor", "Élodie Martin", "Farid Haddad"];

/// What the company sells.
pub(super) const DIRECTIONS: [&str; 5] = ["Drives", "Sensors", "Spare parts", "Consumables", "Service"];

/// The trades its customers are in.
pub(super) const INDUSTRIES: [&str; 8] =
    ["Machine building", "Food and drink", "Logistics", "Construction", "Chemicals", "Retail", "Public sector", "Energy"];

/// Where they are.
pub(super) const REGIONS: [&str; 5] = ["North", "South", "East", "West", "Export"];

/// Who else sells to them.
pub(super) const COMPETITORS: [&str; 4] = ["Vektor Antriebe", "Hansa Komponenten", "Delta Drive", "Orion Supply"];

const FIRST: [&str; 24] = [
    "Agnes",
    "Bogdan",
    "Carla",
    "Dirk",
    "Esther",
    "Filip",
    "Greta",
    "Hugo",
    "Ingrid",
    "Jürgen",
    "Katarína",
    "Luis",
    "Mónica",
    "Nils",
    "Olga",
    "Pavel",
    "Renée",
    "Søren",
    "Tamara",
    "Umut",
    "Vera",
    "Wim",
    "Yusuf",
    "Zoë",
];

const LAST: [&str; 24] = [
    "Abel", "Brandt", "Costa", "Dvořák", "Eriksen", "Ferrari", "Grün", "Hoang", "Ivanova", "Jansen", "Kowalska", "Lefèvre", "Meyer",
    "Novak", "Olsen", "Petrov", "Quist", "Ramos", "Schäfer", "Tanaka", "Unger", "Vidal", "Wójcik", "Yılmaz",
];

/// The key of each account, which is the short name the ledger has for it; each once.
pub(super) fn accounts(dice: &mut Dice, count: usize) -> Vec<String> {
    let mut pairs: Vec<String> = STEMS.iter().flat_map(|stem| TRADES.iter().map(move |trade| format!("{stem} {trade}"))).collect();
    dice.shuffle(&mut pairs);
    let mut names: Vec<String> = (0..count)
        .map(|at| {
            let round = at / pairs.len();
            let name = &pairs[at % pairs.len()];
            if round == 0 { name.clone() } else { format!("{name} {}", round + 1) }
        })
        .collect();
    for (at, name) in SPECIAL {
        if let Some(place) = names.get_mut(at) {
            *place = name.to_owned();
        }
    }
    names
}

/// The name an account has in the commercial register.
pub(super) fn registered(dice: &mut Dice, account: &str) -> String {
    if account.is_ascii() && !account.contains('<') { format!("{account} {}", dice.pick(&FORMS)) } else { account.to_owned() }
}

/// A person.
pub(super) fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST))
}
