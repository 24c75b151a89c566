//! What the catalogue keeps of one person, and how it is packed.

/// The most skills of one entry: what fits into its row.
pub const SKILLS_EACH_MAX: usize = 8;
/// One more than the highest number of a skill: nine bits of a packed code. The last one stands for "none".
pub const SKILLS_MAX: u16 = 511;
/// The highest level: three bits of a packed code.
pub const LEVEL_MAX: u8 = 7;
/// How many classes there are, 0 the lowest.
pub const CLASSES: usize = 4;
/// How many regions there are.
pub const REGIONS: usize = 64;

/// The code of a place in a row that holds no skill.
const NONE: u16 = SKILLS_MAX << 3;

/// Who: the 16 bytes of a person's id as a number, so that the order of numbers is the order of ids.
pub type Id = u128;

/// One person, as the catalogue knows people. Skills, regions and classes are numbers that the caller gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub id: Id,
    /// The class, below [`CLASSES`]; a higher one is worth more.
    pub class: u8,
    /// The region, below [`REGIONS`].
    pub region: u8,
    /// The least monthly wage.
    pub wage: u16,
    /// Skills with their levels.
    pub skills: Row,
}

/// Why something does not fit the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A class that is not below [`CLASSES`].
    Class(u8),
    /// A region that is not below [`REGIONS`].
    Region(u8),
    /// More than [`SKILLS_EACH_MAX`] skills.
    TooManySkills(usize),
    /// A skill that is not below [`SKILLS_MAX`], or named twice.
    Skill(u16),
    /// A level that is 0 or above [`LEVEL_MAX`].
    Level(u8),
    /// More people than slots have numbers.
    TooManyPeople(usize),
}

impl Entry {
    /// Puts an entry together.
    ///
    /// # Errors
    /// The first [`Misfit`].
    pub fn new(id: Id, class: u8, region: u8, wage: u16, skills: &[(u16, u8)]) -> Result<Self, Misfit> {
        if usize::from(class) >= CLASSES {
            return Err(Misfit::Class(class));
        }
        if usize::from(region) >= REGIONS {
            return Err(Misfit::Region(region));
        }
        Ok(Self { id, class, region, wage, skills: Row::pack(skills)? })
    }

    /// The cell that the entry lies in: the highest class first, then by region.
    pub(super) fn cell(&self) -> usize {
        (CLASSES - 1 - usize::from(self.class)) * REGIONS + usize::from(self.region)
    }
}

/// Eight places of twelve bits: the number of a skill and its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row([u8; 12]);

impl Row {
    /// A row without skills.
    pub(super) const EMPTY: Self =
        Self([0xf8, 0x8f, 0xff, 0xf8, 0x8f, 0xff, 0xf8, 0x8f, 0xff, 0xf8, 0x8f, 0xff]);

    fn pack(skills: &[(u16, u8)]) -> Result<Self, Misfit> {
        if skills.len() > SKILLS_EACH_MAX {
            return Err(Misfit::TooManySkills(skills.len()));
        }
        let mut bits: u128 = 0;
        for place in (0..SKILLS_EACH_MAX).rev() {
            let code = match skills.get(place) {
                None => NONE,
                Some(&(skill, level)) => {
                    let twice = skills.iter().take(place).any(|(other, _)| *other == skill);
                    if skill >= SKILLS_MAX || twice {
                        return Err(Misfit::Skill(skill));
                    }
                    if level == 0 || level > LEVEL_MAX {
                        return Err(Misfit::Level(level));
                    }
                    skill << 3 | u16::from(level)
                }
            };
            bits = bits << 12 | u128::from(code);
        }
        let mut bytes = [0; 12];
        bytes.iter_mut().zip(bits.to_le_bytes()).for_each(|(to, from)| *to = from);
        Ok(Self(bytes))
    }

    /// The codes of all eight places, each below 4,096.
    #[inline(always)]
    pub(super) fn codes(self) -> [usize; SKILLS_EACH_MAX] {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = self.0;
        let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let high = u64::from(u32::from_le_bytes([i, j, k, l]));
        [low, low >> 12, low >> 24, low >> 36, low >> 48, low >> 60 | high << 4, high >> 8, high >> 20]
            .map(|code| (code & 4095) as usize)
    }

    /// The skills with their levels.
    pub fn skills(self) -> impl Iterator<Item = (u16, u8)> {
        let held = self.codes().into_iter().filter(|code| *code < usize::from(NONE));
        held.map(|code| ((code >> 3) as u16, (code & 7) as u8))
    }

    /// The level of a skill, 0 without it.
    #[must_use]
    pub fn level(self, skill: u16) -> u8 {
        self.skills().find(|(held, _)| *held == skill).map_or(0, |(_, level)| level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_back_what_was_packed() {
        let skills = [(0, 1), (1, 7), (510, 3), (255, 2), (256, 5), (77, 4), (499, 6), (300, 1)];
        for count in 0..=skills.len() {
            let held = skills.get(..count).unwrap();
            let row = Entry::new(1, 0, 0, 0, held).unwrap().skills;
            assert_eq!(row.skills().collect::<Vec<_>>(), held);
            assert_eq!(row.level(510), if count > 2 { 3 } else { 0 });
        }
        assert_eq!(Row::pack(&[]), Ok(Row::EMPTY));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let of = |class, region, skills: &[(u16, u8)]| Entry::new(1, class, region, 0, skills).unwrap_err();
        assert_eq!(of(4, 0, &[]), Misfit::Class(4));
        assert_eq!(of(0, 64, &[]), Misfit::Region(64));
        assert_eq!(of(0, 0, &[(511, 1)]), Misfit::Skill(511));
        assert_eq!(of(0, 0, &[(5, 1), (5, 2)]), Misfit::Skill(5));
        assert_eq!(of(0, 0, &[(5, 0)]), Misfit::Level(0));
        assert_eq!(of(0, 0, &[(5, 8)]), Misfit::Level(8));
        assert_eq!(of(0, 0, &[(0, 1); 9]), Misfit::TooManySkills(9));
    }
}
