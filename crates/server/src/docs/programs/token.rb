# ruby token.rb: prints the access token
require 'json'
require 'net/http'

base_url = ENV.fetch('BASE_URL', '{{ base_url }}')
client_id = ENV.fetch('CLIENT_ID', 'CLIENT_ID')
client_secret = ENV.fetch('CLIENT_SECRET', 'CLIENT_SECRET')

{% if shape == "query" %}
uri = URI(base_url + '{{ token_path }}?grant_type=client_credentials')
request = Net::HTTP::Post.new(uri)
request.basic_auth(client_id, client_secret)
request.body = ''
{% elif shape == "json" %}
uri = URI(base_url + '{{ token_path }}')
request = Net::HTTP::Post.new(uri, 'Content-Type' => 'application/json')
request.body = JSON.generate(client_id: client_id, client_secret: client_secret, grant_type: 'client_credentials')
{% elif shape == "basic" %}
uri = URI(base_url + '{{ token_path }}')
request = Net::HTTP::Post.new(uri)
request.basic_auth(client_id, client_secret)
request.set_form_data('grant_type' => 'client_credentials')
{% else %}
uri = URI(base_url + '{{ token_path }}')
request = Net::HTTP::Post.new(uri)
request.set_form_data('grant_type' => 'client_credentials', 'client_id' => client_id, 'client_secret' => client_secret)
{% endif %}
answer = Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == 'https') { |http| http.request(request) }
abort "#{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)
puts JSON.parse(answer.body)['access_token']
