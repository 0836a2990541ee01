<?php
// php token.php: prints the access token (PHP 8)
$baseUrl = getenv('BASE_URL') ?: '{{ base_url }}';
$clientId = getenv('CLIENT_ID') ?: 'CLIENT_ID';
$clientSecret = getenv('CLIENT_SECRET') ?: 'CLIENT_SECRET';

{% if shape == "query" %}
$url = $baseUrl . '{{ token_path }}?grant_type=client_credentials';
$headers = ['Authorization: Basic ' . base64_encode("$clientId:$clientSecret"), 'Content-Length: 0'];
$body = '';
{% elif shape == "json" %}
$url = $baseUrl . '{{ token_path }}';
$headers = ['Content-Type: application/json'];
$body = json_encode([
    'client_id' => $clientId, 'client_secret' => $clientSecret, 'grant_type' => 'client_credentials',
]);
{% elif shape == "basic" %}
$url = $baseUrl . '{{ token_path }}';
$headers = [
    'Authorization: Basic ' . base64_encode("$clientId:$clientSecret"),
    'Content-Type: application/x-www-form-urlencoded',
];
$body = http_build_query(['grant_type' => 'client_credentials']);
{% else %}
$url = $baseUrl . '{{ token_path }}';
$headers = ['Content-Type: application/x-www-form-urlencoded'];
$body = http_build_query([
    'grant_type' => 'client_credentials', 'client_id' => $clientId, 'client_secret' => $clientSecret,
]);
{% endif %}
$context = stream_context_create(['http' => [
    'method' => 'POST', 'header' => $headers, 'content' => $body, 'ignore_errors' => true,
]]);
$text = file_get_contents($url, false, $context);
$answer = json_decode($text, true);
if (!isset($answer['access_token'])) {
    fwrite(STDERR, $http_response_header[0] . ' ' . $text . "\n");
    exit(1);
}
echo $answer['access_token'], "\n";
