module tocsin.example/test/hostile/mattermost-server

go 1.24.11

require github.com/mattermost/mattermost/server/public v0.1.22
