package scripting

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

func TestTooDeep(t *testing.T) {
	shallow := []string{
		"", "a = 1\nb = 2\n", strings.Repeat("a(1)\n", 1e5), strings.Repeat("a = b + c;", 1e5), strings.Repeat("{}", 1e5),
		"[" + strings.Repeat("1,", 1e6) + "]", strings.Repeat("if (a) { b } else { c }\n", 1e5), `"` + strings.Repeat("(", 1e5) + `"`,
		"/" + strings.Repeat("(", 1e4) + "/", "//" + strings.Repeat("(", 1e5), "`" + strings.Repeat("(", 1e5) + "`", strings.Repeat("`${a}`;", 1e4),
		"`" + strings.Repeat("${a}b", 1e5) + "`", strings.Repeat("case 1: a(); break;\n", 1e5), strings.Repeat("x = {a: [1, {b: 2}]}\n", 1e4),
		"class A {" + strings.Repeat("m() { return 1 }\n", 1e4) + "}", strings.Repeat("(", 900) + strings.Repeat(")", 900), "if (a) /[(]/.test(b)",
	}
	for _, text := range shallow {
		if at := tooDeep(text); at >= 0 {
			t.Errorf("%.40q... is too deep at %d", text, at)
		}
	}
	for _, piece := range []string{
		"(", "[", "{", "!", "-", "a+", "a.b.", "a?b:", "a=>", "a=", "`${", "if(1)", "while(1)", "for(;;)", "do ", "typeof ", "new ", "await ", "a:",
		"if(1){}else ", "if(1);else ", "f()", "a[0]", "a``+", "x<", "@", "function f(){", "class A{m(){", "a**",
	} {
		if at := tooDeep(strings.Repeat(piece, 1e5)); at < 0 && piece != "f()" && piece != "a[0]" {
			t.Errorf("%q is not too deep", piece)
		}
	}
	for _, text := range []string{"f" + strings.Repeat("()", 1e5), "a" + strings.Repeat("[0]", 1e5)} {
		if tooDeep(text) < 0 {
			t.Errorf("%.20q... is not too deep", text)
		}
	}
}

// FuzzLexer: any text is cut into tokens that follow each other.
func FuzzLexer(f *testing.F) {
	for _, seed := range []string{"a = /x[/]y/g / 2", "`a${`b${c}`}d`", "'x\\'y' // c\n/* d */ e", "class A { static get = 1; }", "x }}}{{{ ${ ` ' \" /"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lex := lexer{src: text}
		end := 0
		for token := lex.next(); token.kind != tokenEnd; token = lex.next() {
			if token.at < end || token.text == "" {
				t.Fatalf("token %q at %d, behind %d", token.text, token.at, end)
			}
			end = token.at + len(token.text)
		}
		tooDeep(text)
	})
}

// FuzzRepair: what the engine parses before the repair of the text it parses
// after it, and a tree that was repaired compiles if it did before.
func FuzzRepair(f *testing.F) {
	for _, seed := range []string{
		"class A {\n  get = 1;\n  static async;\n}", "function f() { return () => arguments[0]; }", "var f = (a = () => 1) => f(a);",
		"get = 1; set = 2; async = 3;", "x = { get, set, async, class: 1 }", "class A { get x() { return this.x } static { get = 1; } }",
		"/\\p{L}/u.test(a)", "for (const x of y) { class B extends (class { get() {} }) { set = 1; } }", "`class { get = ${1} }`",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 || tooDeep(text) >= 0 {
			return
		}
		tree, err := parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
		if err != nil {
			return
		}
		repaired := applyEdits(text, repairText(text))
		if _, err := parser.ParseFile(nil, "", repaired, 0, parser.WithDisableSourceMaps); err != nil && repaired != text {
			t.Fatalf("parses no more: %v\n%s", err, repaired)
		}
		before := compiles(tree)
		tree, _ = parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
		if repairTree(tree) == nil && before && !compiles(tree) {
			t.Fatalf("compiles no more: %s", text)
		}
	})
}

// compiles reports whether the engine compiles a tree; on some it panics.
func compiles(tree *ast.Program) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	_, err := goja.CompileAST(tree, true)
	return err == nil
}

func TestPrivateHelpers(t *testing.T) {
	if got := clip("aé", 2); got != "a..." {
		t.Errorf("clip %q", got)
	}
	if got := nearest("sendal", []string{"send", "sendAll", "sendall2"}); got != "sendAll" {
		t.Errorf("nearest %q", got)
	}
	if got := nearest("zzzz", []string{"send"}); got != "" {
		t.Errorf("nearest %q", got)
	}
	for _, n := range []int{0, 1, -1, 15, 16, -16, 1 << 20, -(1 << 20)} {
		r := vlqReader{text: string(appendVLQ(nil, n)), values: vlqValues()}
		if got, err := r.next(); err != nil || got != n || r.text != "" {
			t.Errorf("number %d comes back as %d, %v", n, got, err)
		}
	}
}

func TestMappingsRoundTrip(t *testing.T) {
	segments := []segment{{0, 0, 0, 0, 0}, {0, 5, 1, 3, 2}, {3, 0, 0, 1, 0}, {3, 9, 0, 0, 7}}
	text := encodeMappings(append([]segment(nil), segments...))
	back, err := decodeMappings(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range back {
		back[i].genCol--
		back[i].col--
	}
	if fmt.Sprint(back) != fmt.Sprint(segments) {
		t.Errorf("got %v, want %v", back, segments)
	}
	for _, bad := range []string{"!", "g", "AAAAg", "gggggggggg"} {
		if _, err := decodeMappings(bad); err == nil {
			t.Errorf("decoded %q", bad)
		}
	}
}

func TestProperties(t *testing.T) {
	tests := []struct {
		expression string
		in, out    rune
	}{
		{"L", 'é', '1'}, {"Lu", 'A', 'a'}, {"Letter", 'a', ' '}, {"gc=Nd", '5', 'a'}, {"General_Category=Decimal_Number", '5', 'a'},
		{"Script=Greek", 'γ', 'g'}, {"scx=Cyrillic", 'я', 'r'}, {"Alphabetic", 'a', '1'}, {"White_Space", ' ', 'a'}, {"ASCII", 'a', 'é'},
		{"Any", 0x10ffff, -1}, {"Emoji", '😀', 'a'}, {"Extended_Pictographic", '❤', 'a'}, {"ID_Start", 'a', '1'}, {"ID_Continue", '1', ' '},
		{"Lowercase", 'a', 'A'}, {"Uppercase", 'A', 'a'}, {"Math", '+', 'a'}, {"Assigned", 'a', 0x378}, {"P", '!', 'a'}, {"Sc", '€', 'a'},
	}
	for _, test := range tests {
		set, err := property(test.expression)
		if err != nil {
			t.Error(err)
			continue
		}
		if !contains(set, test.in) || contains(set, test.out) || contains(set.complement(), test.in) {
			t.Errorf("%s: %q in, %q out is wrong", test.expression, test.in, test.out)
		}
	}
	for _, bad := range []string{"", "Nope", "Script=Nope", "sc=", "Other_Alphabetic", "x=y"} {
		if _, err := property(bad); err == nil {
			t.Errorf("took %q", bad)
		}
	}
}

func contains(s runeSet, r rune) bool {
	for _, one := range s {
		if one.lo <= r && r <= one.hi {
			return true
		}
	}
	return false
}

// nowhere is an Executor for benchmarks that need none.
type nowhere struct{}

func (nowhere) Post(func()) bool                            { return true }
func (nowhere) AfterFunc(time.Duration, func()) func() bool { return func() bool { return true } }

func benchProgram(b *testing.B) *Program {
	b.Helper()
	root := b.TempDir()
	entry := filepath.Join(root, "chat.ts")
	if err := os.WriteFile(entry, []byte(benchSource), 0o600); err != nil {
		b.Fatal(err)
	}
	p, err := Compile(b.Context(), CompileOptions{Entry: entry, Root: root})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// benchSource is a small app.
const benchSource = `
type Conn = { send(text: string): boolean; id: string };
function route(value: unknown, context: { name: string | symbol; metadata: any }) { (context.metadata.routes ??= []).push(context.name); }
export class Chat {
  #peers = new Map<string, Conn>();
  @route chat(ws: Conn) { this.#peers.set(ws.id, ws); }
  @route list(): string[] { return [...this.#peers.keys()]; }
  broadcast(text: string) { for (const peer of this.#peers.values()) peer.send(text); }
}
export function echo(text: string): string { return text; }
export function json(text: string): string { const m = JSON.parse(text); m.n++; return JSON.stringify(m); }
export function fib(n: number): number { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
export async function later(text: string): Promise<string> { return text; }
`

func benchRuntime(b *testing.B) (*Runtime, func(name string) goja.Callable) {
	b.Helper()
	rt, err := New(Options{Executor: nowhere{}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(rt.Close)
	var exports *goja.Object
	rt.Run(benchProgram(b), func(o *goja.Object, failed error) { exports, err = o, failed })
	if err != nil {
		b.Fatal(err)
	}
	return rt, func(name string) goja.Callable {
		fn, _ := goja.AssertFunction(exports.Get(name))
		return fn
	}
}

func BenchmarkCompile(b *testing.B) {
	root := b.TempDir()
	entry := filepath.Join(root, "chat.ts")
	if err := os.WriteFile(entry, []byte(benchSource), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Compile(b.Context(), CompileOptions{Entry: entry, Root: root}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewAndRun(b *testing.B) {
	p := benchProgram(b)
	b.ReportAllocs()
	for b.Loop() {
		rt, err := New(Options{Executor: nowhere{}})
		if err != nil {
			b.Fatal(err)
		}
		rt.Run(p, func(_ *goja.Object, err error) {
			if err != nil {
				b.Fatal(err)
			}
		})
		rt.Close()
	}
}

func BenchmarkCall(b *testing.B) {
	for _, bench := range []struct{ name, argument string }{{"echo", "hello, world"}, {"json", `{"n":1,"text":"hello","list":[1,2,3]}`}} {
		b.Run(bench.name, func(b *testing.B) {
			rt, export := benchRuntime(b)
			fn := export(bench.name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rt.Call(fn, nil, rt.vm.ToValue(bench.argument)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRecursion is the cost of watching a recursive function: 21,891
// calls each.
func BenchmarkRecursion(b *testing.B) {
	rt, export := benchRuntime(b)
	fn := export("fib")
	for b.Loop() {
		if _, err := rt.Call(fn, nil, rt.vm.ToValue(20)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAwait(b *testing.B) {
	rt, export := benchRuntime(b)
	fn := export("later")
	b.ReportAllocs()
	for b.Loop() {
		v, err := rt.Call(fn, nil, rt.vm.ToValue("x"))
		if err != nil {
			b.Fatal(err)
		}
		rt.Await(v, func(goja.Value, error) {})
	}
}

func BenchmarkAwaitPending(b *testing.B) {
	rt, _ := benchRuntime(b)
	b.ReportAllocs()
	for b.Loop() {
		p, resolve, _ := rt.vm.NewPromise()
		settled := false
		rt.Await(rt.vm.ToValue(p), func(goja.Value, error) { settled = true })
		if err := rt.Do(func() error { return resolve(1) }); err != nil || !settled {
			b.Fatal(err, settled)
		}
	}
}
