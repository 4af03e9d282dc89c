package e2e

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// Every operation of the contract-first sample, as a client from outside finds it: what fits, what does not, who may not.
func TestBookshop(t *testing.T) {
	apps, err := filepath.Abs("../apps")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, apps, "--dev")
	const staff, form, js = "Bearer let-me-in", "application/x-www-form-urlencoded", "application/json"
	const order = "name=Ann&email=ann@example.com&book=1&book=2&address[street]=High+St&address[city]=Bath"
	for _, test := range []struct {
		request, kind, body, authorization string
		status                             int
		want                               string
	}{
		{"GET /books?genre=novel&genre=poetry&year=1813,1855&price[max]=12&limit=2&sort=year", "", "", "", 200, `{"books":[{"id":1,`},
		{"GET /books?author=Bront%C3%AB%20Darwin&tag=english", "", "", "", 200, `"Jane Eyre"`},
		{"GET /books?where=%7B%22inStock%22:false%7D", "", "", "", 200, `"On the Origin of Species"`},
		{"GET /books?limit=many&price[min]=-1", "", "", "", 400, `"pointer":"#/limit","detail":"got string, want integer"},{"in":"query","name":"price","pointer":"#/price/min"`},
		{"POST /books", js, `{"title":"Emma","author":"Jane Austen","year":1815,"price":7}`, staff, 201, `"id":5`},
		{"POST /books", js, `{"title":"Emma"}`, staff, 400, `missing properties 'author', 'year', 'price'`},
		{"POST /books", "text/csv", `Emma`, staff, 415, `the body is to be application/json`},
		{"POST /books", js, `{}`, "", 401, `credentials are missing`},
		{"GET /books/5", "", "", "", 200, `"genre":"novel"`},
		{"GET /books/five", "", "", "", 400, `"in":"path","name":"id"`},
		{"GET /books/50", "", "", "", 404, `no such book`},
		{"PUT /books/5/blurb", "text/plain", "handsome, clever, and rich", staff, 200, "handsome"},
		{"DELETE /books/5", "", "", staff, 204, ""},
		{"PATCH /books/1", "", "", "", 405, "DELETE, GET, HEAD, OPTIONS"},
		{"GET /covers/1.svg", "", "", "", 200, "<svg"},
		{"GET /compare/1,3", "", "", "", 200, `"Leaves of Grass"`},
		{"GET /compare/1", "", "", "", 400, `minItems: got 1, want 2`},
		{"GET /shelves/.novel.1", "", "", "", 200, `["Pride and Prejudice","Jane Eyre"]`},
		{"GET /editions/;year=1847", "", "", "", 200, `"Jane Eyre"`},
		{"POST /orders", form, order, "", 201, `"book":[1,2]`},
		{"POST /orders", form, "name=Ann", "", 400, `missing properties`},
		{"GET /orders/1", "", "", staff, 200, `"total":18.4`},
		{"GET /orders/1", "", "", "", 401, `orderKey, or staff`},
		{"GET /api", "", "", "", 200, "operationId: listBooks"},
	} {
		verb, path, _ := strings.Cut(test.request, " ")
		r, err := http.NewRequestWithContext(t.Context(), verb, "http://"+s.address+"/bookshop"+path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", test.kind)
		r.Header.Set("Authorization", test.authorization)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != test.status || !strings.Contains(string(body), test.want) {
			t.Errorf("%s: %d %v\n%s\nwant %d %s", test.request, res.StatusCode, err, body, test.status, test.want)
		}
		if res.Header.Get("X-Contract-Violation") != "" {
			t.Errorf("%s: the answer breaks the contract:\n%s", test.request, body)
		}
	}
}
