// Runs once, in the empty database: one user per service database, with rights on that database alone.
const databases = JSON.parse(require("fs").readFileSync("/etc/liengia/databases.json", "utf8"));
for (const name of databases) {
  const password = process.env["MONGO_PASSWORD_" + name.toUpperCase()];
  if (!password) throw new Error("MONGO_PASSWORD_" + name.toUpperCase() + " is not set");
  db.getSiblingDB(name).createUser({ user: name, pwd: password, roles: [{ role: "readWrite", db: name }] });
}
