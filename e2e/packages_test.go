package e2e

import "testing"

// TestPackages imports packages of npm as they are, and puts each to real use.
func TestPackages(t *testing.T) {
	s := start(t, "packages")
	for name, want := range map[string]string{
		"zod":    `[2026,["lines.0.sku invalid_format","lines.0.n too_small","pay.by invalid_union"],true,["a","b"]]`,
		"nanoid": `[500,true,"xxxxxxxx"]`,
		"dates":  `["2026-02-28",28,"Sonntag, 1. März 2026","3 days ago",false,5,"2026-06-29"]`,
		"lodash": `[[[1,2],[3]],{"1":[1.2,1.4],"2":[2]},[3,2,1],"arger-mit-texten",{"a":{"b":1,"c":2}},1,true,1,"hi &lt;a&gt;"]`,
		"uuid":   `[4,"2ed6657d-e927-568b-95e1-2665a8aea6a2",true,true,"123e4567-e89b-42d3-a456-426614174000"]`,
		"marked": `["<h1>Hi</h1>\n<ul>\n<li><em>a</em> <b></li>\n<li><code>x &lt; y</code></li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody><tr>\n<td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody></table>\n<p><del>no</del> <a href=\"http://a.example\" title=\"t\">l</a></p>\n","<h2 id=\"two-words\">Two words</h2>","<strong>b</strong> <em>i</em>"]`,
		"jose":   `["HS256 ann ERR_JWS_SIGNATURE_VERIFICATION_FAILED","RS256 ann ERR_JWS_SIGNATURE_VERIFICATION_FAILED","PS256 ann ERR_JWS_SIGNATURE_VERIFICATION_FAILED","ES256 ann ERR_JWS_SIGNATURE_VERIFICATION_FAILED","jwks me","EdDSA ann ERR_JWS_SIGNATURE_VERIFICATION_FAILED","hush"]`,
	} {
		t.Run(name, func(t *testing.T) {
			if status, body, err := s.get("/packages/" + name); err != nil || status != 200 || body != want {
				t.Errorf("%d %v\n%s\nwant\n%s", status, err, body, want)
			}
		})
	}
}
