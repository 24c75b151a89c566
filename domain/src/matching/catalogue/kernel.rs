//! The loops over words of bits, and the one place of the product that needs `unsafe`.
//!
//! x86-64 as compiled by default knows vectors of 16 bytes; every server of the last ten years has AVX2 with
//! 32, and single instructions that count and find bits. [`widest`] asks the processor once and runs the same
//! safe code compiled for whichever there is, so the plain twin of every loop is the loop itself. A function
//! compiled for a feature can be called only by `unsafe`, because on a processor without it the call would be
//! undefined; that call is all that is here.

/// Words of one strip.
pub(super) const STRIP_WORDS: usize = 64;
/// Slots of one strip.
pub(super) const STRIP: usize = STRIP_WORDS * 64;

/// The bits of one strip.
pub(super) type Words = [u64; STRIP_WORDS];

/// Which instructions to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// The best that the processor has.
    Best,
    /// Those that every processor has.
    Plain,
}

/// Something to do with the widest instructions. `run` has to be `#[inline(always)]`, as everything that it
/// spends its time in, or it would be compiled for the plain ones.
pub(super) trait Work {
    /// What comes of it.
    type Answer;
    /// Does it.
    fn run(self) -> Self::Answer;
}

/// Does some work with the instructions asked for.
pub(super) fn widest<W: Work>(instructions: Instructions, work: W) -> W::Answer {
    #[cfg(target_arch = "x86_64")]
    if instructions == Instructions::Best && has_avx2() {
        // SAFETY: the processor has just said that it has every feature that the function is compiled for.
        #[expect(unsafe_code, reason = "calling what was compiled for AVX2; has_avx2 was asked before")]
        return unsafe { with_avx2(work) };
    }
    let _ = instructions;
    work.run()
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn with_avx2<W: Work>(work: W) -> W::Answer {
    work.run()
}

/// Asks the processor to fetch one of a list, and waits for nothing. What is not there is not asked for.
#[inline(always)]
pub(super) fn prefetch<T>(list: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(one) = list.get(at) {
        // SAFETY: SSE is part of x86-64, and the address is that of a reference.
        #[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(
                std::ptr::from_ref(one).cast(),
            );
        }
    }
}

/// Leaves the bits that both have.
#[inline(always)]
pub(super) fn and(into: &mut [u64], other: &[u64]) {
    into.iter_mut().zip(other).for_each(|(a, b)| *a &= b);
}

/// Writes the bits that both of the others have.
#[inline(always)]
pub(super) fn and_of(into: &mut [u64], one: &[u64], other: &[u64]) {
    into.iter_mut().zip(one.iter().zip(other)).for_each(|(into, (a, b))| *into = a & b);
}

/// Adds the bits that both of the others have.
#[inline(always)]
pub(super) fn or_and(into: &mut [u64], one: &[u64], other: &[u64]) {
    into.iter_mut().zip(one.iter().zip(other)).for_each(|(into, (a, b))| *into |= a & b);
}

/// How many bits are set.
#[inline(always)]
pub(super) fn count(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

/// Writes down the places of the set bits, the first word's first bit being `from`; says how many there were.
/// What does not fit is left out: the caller gives a list as long as there are bits.
#[inline(always)]
pub(super) fn places(words: &[u64], from: usize, list: &mut [u16; STRIP]) -> usize {
    let mut found = 0;
    for (n, word) in words.iter().enumerate() {
        let mut left = *word;
        while left != 0 {
            if let Some(to) = list.get_mut(found) {
                *to = (from + n * 64 + left.trailing_zeros() as usize) as u16;
            }
            found += 1;
            left &= left - 1;
        }
    }
    found.min(STRIP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Every loop above, over the same words.
    struct All<'a>(&'a [u64], &'a [u64], &'a [u64]);

    impl Work for All<'_> {
        type Answer = (Vec<u64>, Vec<u64>, u32, Vec<u16>);

        #[inline(always)]
        fn run(self) -> Self::Answer {
            let (mut a, mut b) = (self.0.to_vec(), self.0.to_vec());
            and(&mut a, self.1);
            or_and(&mut b, self.1, self.2);
            let mut list = [0; STRIP];
            let found = places(&b, 0, &mut list);
            let places = list.iter().take(found).copied().collect();
            (a, b.clone(), count(&b), places)
        }
    }

    proptest! {
        #[test]
        fn wide_and_plain_instructions_agree_with_one_bit_at_a_time(
            rows in vec(any::<(u64, u64, u64)>(), 0..=STRIP_WORDS),
        ) {
            let one: Vec<u64> = rows.iter().map(|r| r.0).collect();
            let two: Vec<u64> = rows.iter().map(|r| r.1).collect();
            let three: Vec<u64> = rows.iter().map(|r| r.2).collect();
            let wide = widest(Instructions::Best, All(&one, &two, &three));
            let plain = widest(Instructions::Plain, All(&one, &two, &three));
            prop_assert_eq!(&wide, &plain);
            let bit = |words: &[u64], n: usize| words[n / 64] >> (n % 64) & 1 == 1;
            let set: Vec<u16> = (0..rows.len() * 64)
                .filter(|n| bit(&one, *n) || bit(&two, *n) && bit(&three, *n))
                .map(|n| n as u16)
                .collect();
            prop_assert_eq!(wide.2 as usize, set.len());
            prop_assert_eq!(wide.3, set);
            for n in 0..rows.len() * 64 {
                prop_assert_eq!(bit(&wide.0, n), bit(&one, n) && bit(&two, n));
                prop_assert_eq!(bit(&wide.1, n), bit(&one, n) || bit(&two, n) && bit(&three, n));
            }
        }
    }
}
