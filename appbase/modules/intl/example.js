// What a page for readers of another language needs.
const price = new Intl.NumberFormat("de", { style: "currency", currency: "EUR" });
const day = new Intl.DateTimeFormat("fr", { dateStyle: "long", timeZone: "Europe/Paris" });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

JSON.stringify([price.format(1234.5), day.format(new Date("2026-07-14T10:00Z")), ago.format(-1, "day"), (0.256).toLocaleString("sv", { style: "percent" })]);
