BEGIN TRANSACTION;
CREATE TABLE accepted (
	number BIGINT NOT NULL, 
	acceptance TEXT NOT NULL, 
	ended TEXT, 
	PRIMARY KEY (number)
);
INSERT INTO "accepted" VALUES(1,'{"cluster":"prod-eu-1","code":"volume-unbound","subject":{"kind":"PersistentVolumeClaim","namespace":"langsmith","name":"data-postgres-0"},"verdict":"broken","facts":"","hurt":[],"says":"The claim waits.","reason":"the night","who":"ada","at":"2026-11-21T08:00:00Z","until":null}',NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE audit (
	number BIGINT NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	result TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	seal TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "audit" VALUES(1,'2026-11-21T08:00:00+00:00','console','http://0.0.0.0:8090','start','de25fefd-ef14-4d2d-8c71-f2245af01c43','done','','0000000000000000000000000000000000000000000000000000000000000000','14317d97ae411a768f5c3d539aa16f9b050bcbe5bdd752b6d43e650750c9c0c0');
INSERT INTO "audit" VALUES(2,'2026-11-21T08:01:00+00:00','ada','10.0.0.7','sign-in','de25fefd-ef14-4d2d-8c71-f2245af01c43','done','','14317d97ae411a768f5c3d539aa16f9b050bcbe5bdd752b6d43e650750c9c0c0','793e6d8c0ad2d1f0fea72533927748e79723d94cf45730097956eada4f895220');
INSERT INTO "audit" VALUES(3,'2026-11-21T08:02:00+00:00','nobody known','10.0.0.9','sign-in','de25fefd-ef14-4d2d-8c71-f2245af01c43','refused','the token was wrong','793e6d8c0ad2d1f0fea72533927748e79723d94cf45730097956eada4f895220','05aedde13df051fb1ad9eb0c210e0e8c8c4943cba5b4c893c223bc9d8003543b');
INSERT INTO "audit" VALUES(4,'2026-11-21T08:03:00+00:00','ada','10.0.0.7','finding.accept','volume-unbound:PersistentVolumeClaim/langsmith/data-postgres-0','done','the night','05aedde13df051fb1ad9eb0c210e0e8c8c4943cba5b4c893c223bc9d8003543b','6f9a0eeb81dd5b53a9f6de16087cd19543996c0693179232f4aecfce6e8ff82f');
CREATE TABLE identity (
	slot INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	"key" BLOB NOT NULL, 
	created TEXT NOT NULL, 
	PRIMARY KEY (slot), 
	CONSTRAINT identity_is_one CHECK (slot = 1)
);
INSERT INTO "identity" VALUES(1,'de25fefd-ef14-4d2d-8c71-f2245af01c43',X'EBB03EED018EA6F0A387FB5789F5FC0B529C228EFC8CA6914A1939111133EC98','2026-11-21T08:00:00+00:00');
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
COMMIT;
