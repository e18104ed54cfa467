use super::*;
use sluice_simulation::{Lost, ModelParameter};

const NOW: Millis = Millis(1_700_000_000_000);
const KEEP: Duration = Duration::from_secs(30);

fn cache(parameter: &ModelParameter) -> Cache {
    Cache::new(Box::new(parameter.clone()), KEEP)
}

fn seconds(count: u64) -> Millis {
    NOW.plus(Duration::from_secs(count))
}

async fn names(cache: &Cache, now: Millis) -> String {
    cache.refresh(now).await;
    cache.plan(now).names()
}

#[tokio::test]
async fn a_change_shows_once_what_was_read_is_old() {
    let parameter = ModelParameter::default();
    parameter.put("none", NOW);
    let cache = cache(&parameter);
    assert_eq!(names(&cache, NOW).await, "");
    parameter.put("poison_payload", NOW);
    assert_eq!((names(&cache, seconds(29)).await.as_str(), parameter.reads()), ("", 1));
    assert_eq!((names(&cache, seconds(30)).await.as_str(), parameter.reads()), ("poison", 2));
    parameter.put("none", seconds(31));
    assert_eq!(names(&cache, seconds(60)).await, "");
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_no_value_for_ever() {
    let parameter = ModelParameter::default();
    parameter.put("none", NOW);
    let cache = cache(&parameter);
    assert_eq!(names(&cache, NOW).await, "");
    let set_back = NOW.minus(Duration::from_secs(3_600));
    parameter.put("poison_payload", set_back);
    assert_eq!((names(&cache, set_back).await.as_str(), parameter.reads()), ("poison", 2));
    let keeps = set_back.plus(Duration::from_secs(29));
    assert_eq!((names(&cache, keeps).await.as_str(), parameter.reads()), ("poison", 2), "it is kept from then on");
}

#[tokio::test]
async fn faults_end_an_hour_after_the_last_change_even_between_reads() {
    let parameter = ModelParameter::default();
    parameter.put("poison_payload", NOW);
    let cache = cache(&parameter);
    assert_eq!(names(&cache, seconds(3_590)).await, "poison");
    assert_eq!(cache.plan(seconds(3_599)).names(), "poison");
    assert_eq!(cache.plan(seconds(3_600)).names(), "");
    assert_eq!(names(&cache, seconds(3_630)).await, "");
    parameter.put("poison_payload", seconds(3_640));
    assert_eq!(names(&cache, seconds(3_660)).await, "poison", "put there again, it lasts anew");
    parameter.put(r#"{"until":"2023-11-14T22:13:30Z","poison":{"enabled":true}}"#, NOW);
    assert_eq!(names(&cache, seconds(3_690)).await, "");
}

#[tokio::test]
async fn the_last_answer_counts_for_ten_minutes_without_another() {
    let parameter = ModelParameter::default();
    parameter.put(r#"{"until":"2030-01-01T00:00:00Z","poison":{"enabled":true}}"#, NOW);
    let cache = cache(&parameter);
    assert_eq!(names(&cache, NOW).await, "poison");
    parameter.troubles.fail_next("read_parameter", 25, Lost::Call);
    for second in (30..600).step_by(30) {
        assert_eq!(names(&cache, seconds(second)).await, "poison");
    }
    assert_eq!(names(&cache, seconds(600)).await, "");
    while parameter.reads() < 26 {
        assert_eq!(names(&cache, seconds(600 + 30 * parameter.reads())).await, "");
    }
    assert_eq!(names(&cache, seconds(10_000)).await, "poison", "an answer counts again");
}

#[tokio::test]
async fn no_faults_without_a_first_answer_without_a_parameter_and_with_an_unreadable_one() {
    let parameter = ModelParameter::default();
    parameter.troubles.fail_next("read_parameter", 1, Lost::Call);
    let cache = cache(&parameter);
    assert_eq!(names(&cache, NOW).await, "");
    parameter.put("poison_payload", NOW);
    assert_eq!(names(&cache, seconds(30)).await, "poison");
    parameter.put("poison_payloud", NOW);
    assert_eq!(names(&cache, seconds(60)).await, "");
    parameter.put("poison_payload", NOW);
    assert_eq!(names(&cache, seconds(90)).await, "poison");
    parameter.delete();
    assert_eq!(names(&cache, seconds(120)).await, "");
}

/// A parameter that answers only after a while.
struct Slow(Duration);

impl ParameterReader for Slow {
    async fn read(&self) -> Result<Option<Parameter>, PortError> {
        tokio::time::sleep(self.0).await;
        Ok(Some(Parameter { text: "poison_payload".to_owned(), changed_at: NOW }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_holds_up_an_invocation_for_300_ms_at_most() {
    let read = async |answer_ms| {
        let cache = Cache::new(Box::new(Slow(Duration::from_millis(answer_ms))), KEEP);
        let began = tokio::time::Instant::now();
        (names(&cache, NOW).await, began.elapsed().as_millis())
    };
    assert_eq!(read(299).await, ("poison".to_owned(), 299));
    let (names, waited) = read(60_000).await;
    assert!(names.is_empty() && (300..=301).contains(&waited), "{waited}");
}
