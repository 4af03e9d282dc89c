// Packages that apps often import, each put to real use. Every route answers with what it found.
import { z } from "zod";
import { customAlphabet, nanoid } from "nanoid";
import { addMonths, differenceInCalendarDays, eachDayOfInterval, format, formatDistance, formatISO, isValid, parse, parseISO, startOfWeek } from "date-fns";
import { de } from "date-fns/locale";
import { chunk, cloneDeep, debounce, groupBy, isEqual, kebabCase, merge, orderBy, template, uniqBy } from "lodash-es";
import { NIL, parse as parseUUID, stringify, v4, v5, v7, validate, version } from "uuid";
import { marked, Marked } from "marked";
import { CompactEncrypt, compactDecrypt, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";

const Place = z.object({ city: z.string(), zip: z.string().length(5).optional() }).meta({ id: "Place" });
const Visit = z.object({
  at: z.coerce.date(), place: Place, back: Place.nullable(), people: z.number().int().positive().default(1), note: z.string().transform((text) => text.length).describe("how long a note"),
}).meta({ id: "Visit" });

export default class Packages extends AppBase {
  @Post({ path: "/visits", body: Visit, response: [Place], query: z.object({ dry: z.stringbool().optional() }) })
  visit(req: HttpReq) { const { at, people, note } = req.valid.body as z.infer<typeof Visit>; return [{ city: `${at.getUTCFullYear()} ${people} ${note} ${req.valid.query.dry}` }]; }
  @Get zod() {
    const Order = z.object({
      id: z.uuid(), at: z.iso.datetime().transform((text) => new Date(text)), lines: z.array(z.object({ sku: z.string().regex(/^[A-Z]{2}-\d+$/), n: z.int().positive() })).nonempty(),
      pay: z.discriminatedUnion("by", [z.object({ by: z.literal("card"), last4: z.string().length(4) }), z.object({ by: z.literal("cash") })]),
    }).strict().refine((order) => order.lines.length < 3, "too many lines");
    const order = { id: v4(), at: "2026-01-02T03:04:05Z", lines: [{ sku: "AB-1", n: 2 }], pay: { by: "cash" } };
    const wrong = Order.safeParse({ ...order, lines: [{ sku: "x", n: -1 }], pay: { by: "gold" } });
    const tree: z.ZodType<any> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
    return [Order.parse(order).at.getUTCFullYear(), wrong.error!.issues.map((issue) => `${issue.path.join(".")} ${issue.code}`),
      tree.safeParse({ name: "a", children: [{ name: "b", children: [] }] }).success, Object.keys(z.toJSONSchema(z.object({ a: z.string().optional(), b: z.number() })).properties!)];
  }
  @Get nanoid() {
    const ids = new Set(Array.from({ length: 500 }, () => nanoid()));
    return [ids.size, [...ids].every((id) => /^[\w-]{21}$/.test(id)), customAlphabet("01", 8)().replace(/[01]/g, "x")];
  }
  @Get dates() {
    const day = parseISO("2026-01-31T10:00:00Z");
    return [formatISO(addMonths(day, 1), { representation: "date" }), differenceInCalendarDays(parseISO("2026-03-01"), parseISO("2026-02-01")),
      format(new Date(2026, 2, 1), "EEEE, d. MMMM yyyy", { locale: de }), formatDistance(new Date(2026, 0, 1), new Date(2026, 0, 4), { addSuffix: true }),
      isValid(parse("31.02.2026", "dd.MM.yyyy", new Date())), eachDayOfInterval({ start: new Date(2026, 0, 1), end: new Date(2026, 0, 5) }).length,
      format(startOfWeek(new Date(2026, 6, 1), { weekStartsOn: 1 }), "yyyy-MM-dd")];
  }
  @Get async lodash() {
    let calls = 0;
    const late = debounce(() => { calls++; }, 5);
    late(); late(); late();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const deep = { a: [{ b: new Map([[1, new Date(0)]]) }] }, copy = cloneDeep(deep);
    return [chunk([1, 2, 3], 2), groupBy([1.2, 1.4, 2], Math.floor), orderBy([{ n: 1 }, { n: 3 }, { n: 2 }], "n", "desc").map((o) => o.n), kebabCase("Ärger mitTexten"),
      merge({ a: { b: 1 } }, { a: { c: 2 } }), uniqBy([{ i: 1 }, { i: 1 }], "i").length, isEqual(deep, copy) && deep.a[0] !== copy.a[0], calls, template("hi <%- name %>")({ name: "<a>" })];
  }
  @Get uuid() {
    const sorted = Array.from({ length: 50 }, () => v7());
    return [version(v4()), v5("www.example.com", v5.DNS), isEqual([...sorted].sort(), sorted), validate(NIL), stringify(parseUUID("123e4567-e89b-42d3-a456-426614174000"))];
  }
  @Get async marked() {
    const own = new Marked({ gfm: true, renderer: { heading({ text, depth }) { return `<h${depth} id="${kebabCase(text)}">${text}</h${depth}>`; } } });
    return [marked.parse("# Hi\n\n* *a* <b>\n* `x < y`\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n~~no~~ [l](http://a.example \"t\")"), await own.parse("## Two words"), marked.parseInline("**b** _i_")];
  }
  @Get async jose() {
    const found: unknown[] = [];
    for (const alg of ["HS256", "RS256", "PS256", "ES256", "EdDSA"]) {
      const { privateKey, publicKey } = alg === "HS256"
        ? { privateKey: new TextEncoder().encode("a secret that is long enough to be used"), publicKey: new TextEncoder().encode("a secret that is long enough to be used") }
        : await generateKeyPair(alg, { extractable: true });
      const token = await new SignJWT({ who: "ann" }).setProtectedHeader({ alg, kid: "1" }).setIssuedAt().setIssuer("me").setExpirationTime("2h").sign(privateKey);
      const { payload } = await jwtVerify(token, publicKey as any, { issuer: "me" });
      const forged = await jwtVerify(token.slice(0, -8) + "AAAAAAAA", publicKey as any).catch((error) => error.code);
      found.push(`${alg} ${payload.who} ${forged}`);
      if (alg === "ES256") {
        const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey as any)), kid: "1", alg }] });
        found.push(`jwks ${(await jwtVerify(token, jwks)).payload.iss}`);
      }
    }
    const key = crypto.getRandomValues(new Uint8Array(32));
    const sealed = await new CompactEncrypt(new TextEncoder().encode("hush")).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
    return [...found, new TextDecoder().decode((await compactDecrypt(sealed, key)).plaintext)];
  }
}
