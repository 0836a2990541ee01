# ruby call.rb: calls the API with the token
require 'net/http'

uri = URI(ENV.fetch('BASE_URL', '{{ base_url }}') + '{{ call_path }}')
request = Net::HTTP::Get.new(uri, 'Authorization' => "Bearer #{ENV.fetch('ACCESS_TOKEN', 'ACCESS_TOKEN')}")
answer = Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == 'https') { |http| http.request(request) }
abort "#{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)
puts answer.body
