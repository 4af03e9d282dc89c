package contract

import (
	"os"
	"testing"
)

func sample(b testing.TB) map[string]*Operation {
	b.Helper()
	text, err := os.ReadFile("../../../apps/bookshop/openapi.yaml")
	if err != nil {
		b.Fatal(err)
	}
	all := map[string]*Operation{}
	for _, o := range loadSound(b, string(text)).Operations {
		all[o.ID] = o
	}
	return all
}

// BenchmarkCheck is what a request costs that is held against the bookshop's contract.
func BenchmarkCheck(b *testing.B) {
	operations := sample(b)
	withBody := func(r *Request, text string) *Request {
		r.Body, r.HasBody = text, true
		return r
	}
	for _, bench := range []struct {
		name, id string
		req      *Request
	}{
		{"path", "getBook", asked("/bookshop/books/7", "")},
		{"query", "listBooks", asked("/bookshop/books", "genre=novel&genre=poetry&year=1813,1847&price[min]=5&limit=3", "Cookie", "recent=1,2")},
		{"json", "addBook", withBody(asked("/bookshop/books", "", "Content-Type", typeJSON, "Authorization", "Bearer t"),
			`{"title":"Emma","author":"Jane Austen","year":1815,"price":7.5,"genre":"novel","language":"en","stock":2,"tags":["classic"]}`)},
		{"form", "placeOrder", withBody(asked("/bookshop/orders", "", "Content-Type", typeForm),
			"name=Ann&email=ann@example.com&book=1&book=2&address[street]=High+St&address[city]=Bath")},
		{"refused", "getBook", asked("/bookshop/books/x", "")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			o := operations[bench.id]
			if got := o.Check(bench.req); (got.Status != 0) != (bench.name == "refused") {
				b.Fatalf("%+v", got)
			}
			b.ReportAllocs()
			for b.Loop() {
				o.Check(bench.req)
			}
		})
	}
}

// BenchmarkLoad is what reading the bookshop's contract costs, once for each save of the app.
func BenchmarkLoad(b *testing.B) {
	text, err := os.ReadFile("../../../apps/bookshop/openapi.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Load(string(text))
	}
}
