package scripting

import (
	"fmt"
	"strings"
	"testing"
)

const outlined = `
import { x } from "y";
/** Not of the class. */
const first = { class: 1, type: 2 };
type Kind = "a" | "b";
interface Base { id: number }
interface More extends Base, Other { /** the name */ name?: string; tags: string[] }
enum Level { Low, High = 5, Top }
enum Word { A = "a", B = 'b' }
enum Odd { A = "a".length }
type Pair<T> = [T, T];
/**
 * A book of the shop.
 * With two lines.
 */
@Schema({ of: class Inner {} })
export default class Book<T extends { a: string }> extends mixin({ b: 1 }) implements One, Two<T> {
  /** Its title. */ @Required({ minLength: 1 }) title!: string
  @Required
  /** Whose it is. */
  author: Author | null = null
  static count = 0
  #secret = 1
  private readonly year?: number = 1999; price = -1
  "quoted name": Record<string, { a: number; b: string[] }>
  tags: string[] = ["a;b", ` + "`${first}`" + `]
  kind: "a" |
    "b"
  fn: (a: number) => void = (a) => { if (a) { return } };
  [computed()] = 5
  static { this.count = 1; }
  /** What it costs. */
  get total(): { sum: number } { return { sum: /}/.test("}") ? 1 : 2 } }
  @Get("/x") async *list<T>(a: T, b = { c: 1 }): AsyncIterable<T> { yield* [] }
  get = 1
  last
  end: Date
}
class Second { a }
const third = class { b }
`

func TestOutline(t *testing.T) {
	o := outlineOf(outlined)
	var got strings.Builder
	for _, c := range o.Classes {
		fmt.Fprintf(&got, "%s (%s)\n", c.Name, strings.ReplaceAll(c.Doc, "\n", " / "))
		for _, m := range c.Members {
			fmt.Fprintf(&got, "  %s: %s = %s (%s) %v\n", m.Name, m.Type, m.Initial, m.Doc, []bool{m.Method, m.Static, m.Optional})
		}
	}
	want := `Book (A book of the shop. / With two lines.)
  title: string =  (Its title.) [false false false]
  author: Author | null = null (Whose it is.) [false false false]
  count:  = 0 () [false true false]
  year: number = 1999 () [false false true]
  price:  = -1 () [false false false]
  quoted name: Record<string, { a: number; b: string[] }> =  () [false false false]
  tags: string[] = ["a;b", ` + "`${first}`" + `] () [false false false]
  kind: "a" |
    "b" =  () [false false false]
  fn: (a: number) => void = (a) => { if (a) { return } } () [false false false]
  total: { sum: number } =  (What it costs.) [true false false]
  list: AsyncIterable<T> =  () [true false false]
  get:  = 1 () [false false false]
  last:  =  () [false false false]
  end: Date =  () [false false false]
Second ()
  a:  =  () [false false false]
 ()
  b:  =  () [false false false]
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	types := map[string]string{
		"Kind": `"a" | "b"`, "Base": "{ id: number }", "More": "Base & Other & { /** the name */ name?: string; tags: string[] }",
		"Level": "0 | 5 | 6", "Word": `"a" | 'b'`, "Odd": "", "Pair": "",
	}
	for name, want := range types {
		if strings.TrimSpace(strings.ReplaceAll(o.Types[name], "  ", " ")) != want {
			t.Errorf("%s is %q, want %q", name, o.Types[name], want)
		}
	}
	for line, want := range map[int]string{13: "Book", 17: "Book", 20: "Book", 38: "Book", 39: "Second"} {
		if c := o.ClassAt(line); c == nil || c.Name != want {
			t.Errorf("line %d belongs to %+v, want %s", line, c, want)
		}
	}
}

func FuzzOutline(f *testing.F) {
	f.Add(outlined)
	for _, text := range []string{"class", "class A { @", "class A { x: {", "enum A {", "interface A extends", "type A =", "class A { get", "/** */class{}", "class A { x = `${"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range outlineOf(text).Classes {
			if c.Line < 1 || c.End < c.Line {
				t.Errorf("a class from line %d to %d", c.Line, c.End)
			}
		}
	})
}
