const request = new Request("http://shop.example/items", { method: "POST", body: JSON.stringify({ id: 7 }), headers: { "X-Tag": "a" } });
const copy = request.clone();
request.json().then(({ id }) => { if (id !== 7) throw new Error(`id ${id}`); });
copy.text().then((text) => { if (text !== '{"id":7}') throw new Error(text); });

const response = Response.json({ ok: true }, { status: 201, headers: { "Set-Cookie": "a=1" } });
response.headers.append("Set-Cookie", "b=2");
if (response.headers.getSetCookie().length !== 2 || !response.ok) throw new Error(String(response.status));
