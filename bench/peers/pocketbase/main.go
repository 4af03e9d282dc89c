// Command pocketbase is PocketBase with the routes of pb_hooks, which its JavaScript runtimes answer.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/jsvm"
)

func main() {
	data, err := os.MkdirTemp("", "pocketbase")
	if err != nil {
		log.Fatal(err)
	}
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: data, HideStartBanner: true})
	jsvm.MustRegister(app, jsvm.Config{HooksDir: filepath.Join("peers", "pocketbase", "pb_hooks"), MigrationsDir: filepath.Join(data, "migrations"), TypesDir: data, HooksPoolSize: 15})
	app.RootCmd.SetArgs([]string{"serve", "--http", "127.0.0.1:" + os.Getenv("PORT")})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
