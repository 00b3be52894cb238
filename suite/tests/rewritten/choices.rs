//! The decisions of a generator, kept so that what fails can be made smaller.

/// Decisions: random ones, or those of a list, and the simplest behind its end.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    given: Vec<u32>,
    random: Option<u64>,
    made: Vec<u32>,
}

impl Choices {
    pub(crate) fn random(seed: u64) -> Self {
        Self {
            given: Vec::new(),
            random: Some(seed),
            made: Vec::new(),
        }
    }

    pub(crate) fn given(given: Vec<u32>) -> Self {
        Self {
            given,
            random: None,
            made: Vec::new(),
        }
    }

    /// A number below `n`; 0 is the simplest.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let at = self.made.len();
        let choice = match &mut self.random {
            Some(state) => (splitmix(state) % u64::from(n)) as u32,
            None => self.given.get(at).copied().unwrap_or(0).min(n - 1),
        };
        self.made.push(choice);
        choice
    }

    /// True in one of `n` cases.
    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == n - 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }

    pub(crate) fn made(self) -> Vec<u32> {
        self.made
    }
}

/// The next number of SplitMix64.
pub(crate) fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Decisions that still fail, as few and as simple as are found in so many tries.
pub(crate) async fn smaller(
    mut choices: Vec<u32>,
    mut tries: usize,
    mut fails: impl AsyncFnMut(&[u32]) -> bool,
) -> Vec<u32> {
    loop {
        let before = choices.clone();
        for width in [64, 16, 4, 2, 1] {
            let mut at = 0;
            while at < choices.len() {
                let end = (at + width).min(choices.len());
                let mut without = choices.clone();
                without.drain(at..end);
                let mut simple = choices.clone();
                simple[at..end].fill(0);
                let mut taken = false;
                for candidate in [without, simple] {
                    if candidate == choices || tries == 0 {
                        continue;
                    }
                    tries -= 1;
                    if fails(&candidate).await {
                        choices = candidate;
                        taken = true;
                        break;
                    }
                }
                if !taken || choices.get(at) == Some(&0) {
                    at += width;
                }
            }
        }
        if choices == before || tries == 0 {
            return choices;
        }
    }
}
