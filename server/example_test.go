package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sigil-server/sigil/server"
)

// Hosting a folder of apps until a context ends.
func ExampleServer() {
	dir, err := os.MkdirTemp("", "apps")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	app := `export default class Hello extends AppBase { @Get greet(req) { return "hello " + req.query.name; } }`
	if err := os.WriteFile(filepath.Join(dir, "hello.js"), []byte(app), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	loaded := make(chan struct{})
	s, err := server.New(server.Options{
		AppsDir: dir,
		Listen:  "127.0.0.1:0",
		Loaded: func(apps []server.AppInfo) {
			fmt.Println(apps[0].Name, apps[0].Generation, apps[0].Routes[0].Path)
			close(loaded)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	<-loaded
	fmt.Println(fetch(ctx, "http://"+s.Addr().String()+"/hello/greet?name=Ada"))
	stop()
	fmt.Println(<-ended)
	// Output:
	// hello 1 /hello/greet
	// hello Ada
	// <nil>
}

func fetch(ctx context.Context, url string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	return string(body)
}
