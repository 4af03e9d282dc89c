package contract

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// FuzzCheck holds anything against every operation of the bookshop: what comes of it is always values or a problem, both JSON.
func FuzzCheck(f *testing.F) {
	operations := sample(f)
	for _, seed := range [][5]string{
		{"/books/1", "genre=novel&price[min]=1&where={}", "recent=1,2", "", ""},
		{"/shelves/.novel.2", "year=1,,2&tag=a|b&author=x%20y&price[min][x]=1", "recent=\"", typeJSON, `{"title":1e999}`},
		{"/editions/;year=1;language=en", "price[]=1&price[a][b][c]=2", "a=b; recent", typeForm, "book=1&address[street]=a&address=%7B%7D&address[]=1"},
		{"/compare/1,%2c,\xff", "%zz=%&&=&limit", ";;", "text/plain; charset", "\xff"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(func(t *testing.T, path, query, cookie, kind, body string) {
		r := asked(path, query, "Cookie", cookie, "Content-Type", kind, "X-Currency", cookie, "Authorization", cookie)
		r.Body, r.HasBody = body, body != ""
		for id, o := range operations {
			got := o.Check(r)
			text := got.Values
			if got.Status != 0 {
				text = got.Problem
			}
			if !json.Valid([]byte(text)) || (got.Status == 0) != (got.Problem == "") || got.Credentials != "" && !json.Valid([]byte(got.Credentials)) {
				t.Fatalf("%s: %+v", id, got)
			}
			o.CheckAnswer(200, r.Header, []byte(body), true)
		}
	})
}

// FuzzLoad reads anything as a contract: it has mistakes, each with a message, or operations that can be asked.
func FuzzLoad(f *testing.F) {
	for _, file := range []string{"testdata/broken.yaml", "../../../apps/bookshop/openapi.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("a: &a [*a]\n")
	f.Add("openapi: 3.0.0\ninfo: {title: t, version: 1}\npaths: {/a/{b}c: {$ref: '#/paths/~1a~1{b}c'}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			return
		}
		c := Load(text)
		for _, m := range c.Mistakes() {
			if strings.TrimSpace(m.Message) == "" {
				t.Fatalf("%+v", m)
			}
		}
		if len(c.Mistakes()) > 0 {
			return
		}
		for _, o := range c.Operations {
			o.Check(asked(o.Path, "a=1", "Content-Type", typeJSON))
		}
		if _, err := c.YAML("/x"); err != nil {
			t.Fatal(err)
		}
	})
}
