package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/apps"
)

// createGateway copies the gateway as an app, and leaves its configuration and a backend beside the apps folder. It
// overwrites nothing.
func createGateway(folder, name string) (dir string, err error) {
	beside := filepath.Dir(filepath.Clean(folder))
	config, backend := filepath.Join(beside, "sigil.yaml"), filepath.Join(beside, "backend")
	if dir, err = newFolder(folder, name); err != nil {
		return "", err
	}
	for _, taken := range []string{config, backend} {
		if _, err := os.Lstat(taken); err == nil {
			return "", fmt.Errorf("%s exists already", taken)
		}
	}
	if err := copyGateway(dir, name); err != nil {
		return "", err
	}
	for to, template := range map[string]string{
		config: "gateway/sigil.yaml", filepath.Join(backend, "package.json"): "gateway/package.json", filepath.Join(backend, "server.mjs"): "gateway/server.mjs",
	} {
		if err := writeTemplate(to, template, name); err != nil {
			return "", err
		}
	}
	return dir, errors.Join(fillIn(config, "APPSDIR", filepath.ToSlash(folder)), setUpEditor(folder))
}

// copyGateway writes the sources of the sample, which speak of their configuration by the app's name.
func copyGateway(dir, name string) error {
	sources, err := fs.Glob(apps.Gateway, "gateway/*.ts")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, source := range sources {
		if appbase.IsTest(source) {
			continue // of the sample, where that is
		}
		text, err := apps.Gateway.ReadFile(source)
		if err != nil {
			return err
		}
		named := strings.ReplaceAll(string(text), "app.gateway", "app."+name)
		if err := os.WriteFile(filepath.Join(dir, path.Base(source)), []byte(named), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fillIn replaces a word of a file.
func fillIn(file, word, text string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(content), word, text)), 0o644)
}

// gatewayNext is what to do with a new gateway.
func gatewayNext(dir, folder string) string {
	beside := filepath.Dir(filepath.Clean(folder))
	return fmt.Sprintf(`made %s, %s and %s
start the backend:  cd %s && npm install && npm start
and the gateway:    sigil serve --config %s
then try:           npx wscat -H 'X-Bfl-User: ann' -c ws://127.0.0.1:8081/ws
`, dir, filepath.Join(beside, "sigil.yaml"), filepath.Join(beside, "backend"), filepath.Join(beside, "backend"), filepath.Join(beside, "sigil.yaml"))
}
