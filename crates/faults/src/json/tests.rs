use super::*;
use serde_json::json;

fn plan(text: &str) -> Plan {
    parse(text).unwrap_or_else(|invalid| panic!("{text}: {invalid}"))
}

fn mistake(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

fn act(text: &str, mode: Mode) -> Act {
    plan(text).flags[&mode].act.clone()
}

/// The examples that failure-lambda's README of 1.0 prints.
const FIRST_VALUE: &str = r#"{
    "latency": {"enabled": false, "min_latency": 100, "max_latency": 400},
    "exception": {"enabled": false, "exception_msg": "Exception message!"},
    "statuscode": {"enabled": false, "status_code": 404},
    "diskspace": {"enabled": false, "disk_space": 100},
    "denylist": {"enabled": false, "deny_list": ["s3.*.amazonaws.com", "dynamodb.*.amazonaws.com"]},
    "timeout": {"enabled": false, "timeout_buffer_ms": 500},
    "corruption": {"enabled": false, "body": "{\"error\": \"corrupted\"}"}
}"#;
const MINIMAL: &str = r#"{"latency": {"enabled": true, "min_latency": 200, "max_latency": 500}}"#;
const FULL: &str = r#"{
    "latency": { "enabled": false, "percentage": 100, "min_latency": 100, "max_latency": 400 },
    "exception": { "enabled": false, "percentage": 100, "exception_msg": "Exception message!" },
    "statuscode": { "enabled": false, "percentage": 100, "status_code": 404 },
    "diskspace": { "enabled": false, "percentage": 100, "disk_space": 100 },
    "denylist": { "enabled": false, "percentage": 50, "deny_list": ["s3.*.amazonaws.com", "dynamodb.*.amazonaws.com"] },
    "timeout": { "enabled": false, "percentage": 100, "timeout_buffer_ms": 500 },
    "corruption": { "enabled": false, "percentage": 30, "body": "{\"error\": \"corrupted\"}" }
}"#;
const TARGETED: &str = r#"{
    "corruption": {
        "enabled": true, "percentage": 30, "body": "{\"error\": \"corrupted\"}",
        "match": [
            { "path": "requestContext.http.method", "value": "GET" },
            { "path": "requestContext.stage", "value": "prod" }
        ]
    }
}"#;
const OPERATORS: &str = r#"{
    "latency": {
        "enabled": true, "percentage": 100, "min_latency": 200, "max_latency": 500,
        "match": [
            { "path": "requestContext.http.path", "operator": "startsWith", "value": "/api" },
            { "path": "headers.x-debug", "operator": "exists" },
            { "path": "requestContext.http.method", "operator": "regex", "value": "^(GET|HEAD)$" }
        ]
    }
}"#;

#[test]
fn failure_lambdas_examples_read_as_they_are() {
    assert!(plan(FIRST_VALUE).is_empty() && plan(FULL).is_empty() && plan("{}").is_empty());
    assert_eq!(act(MINIMAL, Mode::Latency), Act::Wait { least: 200, most: 500 });
    assert_eq!(plan(MINIMAL).flags[&Mode::Latency].percentage, 100);
    let targeted = &plan(TARGETED).flags[&Mode::Corruption];
    assert_eq!((targeted.percentage, targeted.conditions.len()), (30, 2));
    assert_eq!(targeted.act, Act::Corrupt { body: Some(r#"{"error": "corrupted"}"#.to_owned()) });
}

#[test]
fn failure_lambdas_conditions_tell_events_apart() {
    let hits =
        |text, mode, event: &str| plan(text).flags[&mode].is_for("ingest", || serde_json::from_str(event).unwrap());
    let prod = r#"{"requestContext":{"http":{"method":"GET"},"stage":"prod"}}"#;
    assert!(hits(TARGETED, Mode::Corruption, prod));
    assert!(!hits(TARGETED, Mode::Corruption, &prod.replace("prod", "dev")));
    let debug = r#"{"requestContext":{"http":{"method":"HEAD","path":"/api/1"}},"headers":{"x-debug":""}}"#;
    assert!(hits(OPERATORS, Mode::Latency, debug));
    for (held, other) in [("/api/1", "/other"), ("x-debug", "x-other"), ("HEAD", "POST")] {
        assert!(!hits(OPERATORS, Mode::Latency, &debug.replace(held, other)), "{other}");
    }
}

#[test]
fn every_mode_switches_on_with_its_attributes() {
    let on = FULL.replace("false", "true");
    let all = plan(&on);
    assert_eq!(all.unsupported, ["diskspace", "denylist"]);
    assert_eq!(act(&on, Mode::Exception), Act::Fail { message: "Exception message!".to_owned() });
    assert_eq!(act(&on, Mode::StatusCode), Act::Answer { status: 404 });
    assert_eq!(act(&on, Mode::Timeout), Act::WaitUntil { left: Duration::from_millis(500) });
    let bare = |name: &str| format!(r#"{{"{name}":{{"enabled":true}}}}"#);
    assert_eq!(act(&bare("exception"), Mode::Exception), Act::Fail { message: "Injected exception".to_owned() });
    assert_eq!(act(&bare("statuscode"), Mode::StatusCode), Act::Answer { status: 500 });
    assert_eq!(act(&bare("timeout"), Mode::Timeout), Act::WaitUntil { left: Duration::ZERO });
    assert_eq!(act(&bare("corruption"), Mode::Corruption), Act::Corrupt { body: None });
    assert_eq!(act(&bare("latency"), Mode::Latency), Act::Wait { least: 0, most: 0 });
    assert_eq!(act(&bare("slow_record"), Mode::SlowRecord), SLOW);
    for (name, mode) in [("poison", Mode::Poison), ("panic", Mode::Panic), ("random_fail", Mode::RandomFail)] {
        assert_eq!(act(&bare(name), mode), Act::Plain);
    }
}

#[test]
fn a_plan_says_until_when_with_which_seed_and_in_which_function() {
    let text = r#"{"until":"2026-11-21T19:30:00.5+01:00","seed":7,"poison":{"enabled":true,"function":"worker"}}"#;
    let read = plan(text);
    assert_eq!(read.until.map(|until| until.to_string()).as_deref(), Some("2026-11-21T18:30:00.500Z"));
    assert_eq!(read.seed.as_deref(), Some("7"));
    assert!(read.flags[&Mode::Poison].is_for("worker", || Value::Null));
    assert!(!read.flags[&Mode::Poison].is_for("ingest", || Value::Null));
    assert!(plan(&text.replace("true", "false")).is_empty());
}

#[test]
fn calls_to_aws_have_rules() {
    let text = r#"{"aws_calls":[
        {"fault":"throttle","service":"dynamodb","operation":"UpdateItem","percentage":20,"function":"worker"},
        {"fault":"lost_answer"},
        {"fault":"server_error","enabled":false}
    ]}"#;
    let rules = plan(text).calls;
    let rule = |mode, percentage, function: Option<&str>, service: &str, operation: &str| CallRule {
        mode,
        percentage,
        function: function.map(str::to_owned),
        service: service.to_owned(),
        operation: operation.to_owned(),
    };
    let throttle = rule(Mode::Throttle, 20, Some("worker"), "dynamodb", "UpdateItem");
    assert_eq!(rules, [throttle, rule(Mode::LostAnswer, 100, None, "*", "*")]);
}

#[test]
fn members_nobody_knows_are_ignored() {
    assert!(plan(r#"{"jitter":{"enabled":true},"more":[1]}"#).is_empty());
    let read = plan(r#"{"poison":{"enabled":true,"why":"drill"},"x":null}"#);
    assert_eq!(read.names(), "poison");
}

#[test]
fn each_mistake_is_named_with_its_place() {
    for (text, place) in [
        (r#"{"latency":true}"#, "latency must be an object"),
        (r#"{"latency":{}}"#, "latency.enabled must be true or false"),
        (r#"{"latency":{"enabled":"true"}}"#, "latency.enabled"),
        (r#"{"latency":{"enabled":true,"percentage":101}}"#, "latency.percentage"),
        (r#"{"latency":{"enabled":true,"percentage":50.5}}"#, "latency.percentage"),
        (r#"{"latency":{"enabled":true,"percentage":"high"}}"#, "latency.percentage"),
        (r#"{"latency":{"enabled":true,"percentage":-1}}"#, "latency.percentage"),
        (r#"{"latency":{"enabled":true,"min_latency":-1}}"#, "latency.min_latency"),
        (r#"{"latency":{"enabled":true,"min_latency":9,"max_latency":8}}"#, "latency.max_latency"),
        (r#"{"exception":{"enabled":true,"exception_msg":5}}"#, "exception.exception_msg"),
        (r#"{"statuscode":{"enabled":true,"status_code":600}}"#, "statuscode.status_code"),
        (r#"{"statuscode":{"enabled":true,"status_code":202}}"#, "statuscode.status_code"),
        (r#"{"timeout":{"enabled":true,"timeout_buffer_ms":"x"}}"#, "timeout.timeout_buffer_ms"),
        (r#"{"corruption":{"enabled":true,"body":{}}}"#, "corruption.body"),
        (r#"{"poison":{"enabled":true,"function":1}}"#, "poison.function"),
        (r#"{"poison":{"enabled":true,"match":{}}}"#, "poison.match must be"),
        (r#"{"poison":{"enabled":true,"match":["x"]}}"#, "poison.match[0] needs a path"),
        (r#"{"poison":{"enabled":true,"match":[{"path":"a"}]}}"#, "poison.match[0] needs a value"),
        (r#"{"poison":{"enabled":true,"match":[{"path":"a","operator":"gt","value":"1"}]}}"#, "has an operator"),
        (r#"{"poison":{"enabled":true,"match":[{"path":"a","operator":1,"value":"1"}]}}"#, "has an operator"),
        (
            r#"{"poison":{"enabled":true,"match":[{"path":"a","operator":"regex","value":"("}]}}"#,
            "no regular expression",
        ),
        (r#"{"until":"tomorrow"}"#, "until must be"),
        (r#"{"seed":[]}"#, "seed must be"),
        (r#"{"aws_calls":{}}"#, "aws_calls must be"),
        (r#"{"aws_calls":[1]}"#, "aws_calls[0] must be"),
        (r#"{"aws_calls":[{"fault":"throttles"}]}"#, "aws_calls[0].fault must be one of throttle"),
        (r#"{"isEnabled":true,"failureMode":"latency"}"#, "0.x"),
        (r#"{"latency":"#, "is no JSON"),
    ] {
        assert!(mistake(text).contains(place), "{text}: {}", mistake(text));
    }
    let long = format!(
        r#"{{"poison":{{"enabled":true,"match":[{{"path":"a","operator":"regex","value":"{}"}}]}}}}"#,
        "a".repeat(513)
    );
    assert!(mistake(&long).contains("512 bytes"));
    let two = mistake(r#"{"poison":{"enabled":1},"panic":{"enabled":1}}"#);
    assert!(two.contains("poison.enabled") && two.contains("panic.enabled"), "{two}");
}

#[test]
fn what_is_off_need_not_be_right() {
    assert!(plan(r#"{"statuscode":{"enabled":false,"status_code":200,"percentage":"x"}}"#).is_empty());
}

#[test]
fn a_pattern_that_repeats_too_much_is_a_mistake() {
    let of = |pattern: &str| {
        let path = json!([{"path": "a", "operator": "regex", "value": pattern}]);
        json!({"poison": {"enabled": true, "match": path}}).to_string()
    };
    for pattern in ["(?:(?:(?:a?){50}){50}){20}b", "(?:.?){1000}", "("] {
        assert!(mistake(&of(pattern)).contains("regular expression"), "{pattern}");
    }
    plan(&of("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));
}

#[test]
fn a_service_or_function_that_nothing_is_called_is_a_mistake() {
    assert!(mistake(r#"{"aws_calls":[{"fault":"throttle","service":"dynamo"}]}"#).contains("service must be one of"));
    assert!(mistake(r#"{"poison":{"enabled":true,"function":"query"}}"#).contains("function must be one of"));
}
