const form = new FormData();
form.append("name", "Ann");
form.append("photo", new Blob(["..."], { type: "image/png" }), "ann.png");
form.set("name", "Bo");
if (form.get("name") !== "Bo" || form.get("photo").name !== "ann.png") throw new Error([...form].join());
