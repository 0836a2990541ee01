<?php
// php call.php: calls the API with the token (PHP 8)
$baseUrl = getenv('BASE_URL') ?: '{{ base_url }}';
$accessToken = getenv('ACCESS_TOKEN') ?: 'ACCESS_TOKEN';

$context = stream_context_create(['http' => [
    'header' => ["Authorization: Bearer $accessToken"], 'ignore_errors' => true,
]]);
$text = file_get_contents($baseUrl . '{{ call_path }}', false, $context);
if (!str_contains($http_response_header[0], ' 200')) {
    fwrite(STDERR, $http_response_header[0] . ' ' . $text . "\n");
    exit(1);
}
echo $text, "\n";
