
C
xPlaceholder*
dtype0*$
shape:ÿÿÿÿÿÿÿÿÿ
2
cConst*
dtype0*
valueB€"abc

aAddxc