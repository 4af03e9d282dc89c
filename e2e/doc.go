// Package e2e holds the end-to-end tests: they build the real program, start it and drive it with real clients, those of
// Node (ws, wscat), a browser and, for load, coder/websocket. It is a module of its own, so that none of what it needs
// reaches the program. Run it with
//
//	npm ci && go test -race ./...
package e2e
