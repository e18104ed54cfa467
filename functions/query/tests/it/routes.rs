use super::*;

#[tokio::test]
async fn an_unknown_path_is_404_as_a_problem() {
    for path in ["/", "/event", "/events/", "/events/a/b", "/queues/", "", "/Health"] {
        let (code, body, answer) = ask(&open(vec![]), "GET", path).await;
        assert_eq!((code, body["code"].as_str()), (404, Some("not_found")), "{path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn a_known_path_with_another_method_is_405_and_names_the_right_one() {
    let by_id = format!("/events/{}", id());
    for (method, path, allowed) in [
        ("GET", "/events", "POST"),
        ("DELETE", by_id.as_str(), "GET"),
        ("POST", "/queues", "GET"),
        ("HEAD", "/health", "GET"),
    ] {
        let (code, body, answer) = ask(&open(vec![]), method, path).await;
        assert_eq!((code, body["code"].as_str()), (405, Some("method_not_allowed")), "{path}");
        assert_eq!(answer.headers["allow"], allowed);
    }
}
