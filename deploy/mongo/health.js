// Healthy means: primary of its replica set. The first time it is asked, it starts the set with this one member.
const hello = db.hello();
if (hello.isreplicaset && !hello.setName) {
  rs.initiate({ _id: "liengia", members: [{ _id: 0, host: "mongo:27017" }] });
}
quit(db.hello().isWritablePrimary && hello.setName ? 0 : 1);
