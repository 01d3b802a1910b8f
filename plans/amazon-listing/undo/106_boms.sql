delete from bom_lines;
delete from boms;
delete from components;
delete from suppliers;
