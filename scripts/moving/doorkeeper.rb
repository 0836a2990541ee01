# A Rails application that is nothing but Doorkeeper, in one file.
#
#   ruby doorkeeper.rb make DATABASE plain|sha256|bcrypt       its migration, and a client: prints id, secret, what is stored
#   ruby doorkeeper.rb ask DATABASE plain|sha256|bcrypt ID SECRET   the status of a token request
require "erb"
require "logger"
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "doorkeeper"

work, database, kept, id, secret = ARGV

class OldServer < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.logger = Logger.new(nil)
  config.secret_key_base = "of a server that ends in a minute"
  config.hosts.clear
  config.load_defaults 6.1
  routes.append { use_doorkeeper }
end

Doorkeeper.configure do
  orm :active_record
  resource_owner_authenticator { nil }
  grant_flows %w[client_credentials]
  default_scopes :orders
  case kept
  when "sha256" then hash_application_secrets
  when "bcrypt" then hash_application_secrets using: "::Doorkeeper::SecretStoring::BCrypt"
  end
end
ActiveRecord::Base.configurations = { "development" => { "adapter" => "sqlite3", "database" => database } }
ENV["DATABASE_URL"] = "sqlite3:#{database}"
OldServer.initialize!
ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: database)

case work
when "make"
  template = File.join(Gem::Specification.find_by_name("doorkeeper").gem_dir, "lib/generators/doorkeeper/templates/migration.rb.erb")
  migration_version = "[6.1]"
  eval(ERB.new(File.read(template), trim_mode: "-").result(binding))
  ActiveRecord::Migration.suppress_messages { CreateDoorkeeperTables.new.migrate(:up) }
  made = Doorkeeper::Application.create!(name: "Nightly #{kept}", redirect_uri: "https://a.example/x\nhttps://a.example/y", scopes: "orders")
  puts [made.uid, made.plaintext_secret || made.secret, made.secret].join(" ")
when "ask"
  asked = Rack::MockRequest.new(OldServer).post("/oauth/token", params: {
    "grant_type" => "client_credentials", "client_id" => id, "client_secret" => secret,
  })
  puts asked.status
end
