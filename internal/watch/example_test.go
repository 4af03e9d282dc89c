package watch_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigil-server/sigil/internal/watch"
)

func ExampleWatcher() {
	dir, err := os.MkdirTemp("", "apps")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	w, err := watch.New(watch.Options{})
	if err != nil {
		panic(err)
	}
	defer w.Close()
	if err := w.Watch([]string{dir}); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "chat.js"), []byte("export default class Chat extends AppBase {}"), 0o600); err != nil {
		panic(err)
	}
	for _, path := range <-w.Events() {
		fmt.Println("changed:", filepath.Base(path))
	}
	// Output: changed: chat.js
}
