//! What a name gives that isn't a variable: functions, constants, fields, methods.

use super::eval::Eval;
use crate::analyzer::index::{Entry, Found, World};
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::ty::{FUNCTION, TUPLE, Ty};

impl Eval<'_> {
    /// What a path gives that isn't a variable.
    pub(super) fn value(&self, names: &[String], turbofish: &[Ty], is_call: bool) -> Ty {
        for Found { entry, index: _ } in self.world.resolve(names) {
            match entry.kind {
                Kind::Function if is_call => {
                    return entry.gives.replace(&|name| parameter(entry, name, turbofish));
                }
                Kind::Function => return Ty::with(FUNCTION, vec![entry.gives.clone()]),
                Kind::Struct | Kind::Enum | Kind::Union | Kind::Alias => {
                    return Ty { args: turbofish.to_vec(), ..entry.gives.clone() };
                }
                Kind::Constant | Kind::Static => return entry.gives.clone(),
                _ => {}
            }
        }
        // `Type::function`, `Type::CONSTANT`, `Enum::Variant`
        let Some((name, owner)) = names.split_last().filter(|(_, owner)| !owner.is_empty()) else {
            return Ty::unknown();
        };
        let mut ty = self.named_type(owner);
        if ty.args.is_empty() && !turbofish.is_empty() && !is_function(&self.world, &ty, name) {
            ty.args = turbofish.to_vec();
        }
        self.associated(&ty, name, turbofish)
    }

    fn named_type(&self, path: &[String]) -> Ty {
        let mut path = path.to_vec();
        let name = path.pop().unwrap_or_default();
        match name.as_str() {
            "Self" => (self.variables)("self", usize::MAX).unwrap_or_else(Ty::unknown),
            _ => Ty { name, path, args: Vec::new() },
        }
    }

    fn associated(&self, ty: &Ty, name: &str, turbofish: &[Ty]) -> Ty {
        let members = self.world.members(ty);
        let Some((member, owner_ty, owner)) = members.into_iter().find(|(member, ..)| member.name == name) else {
            return Ty::unknown();
        };
        match member.kind {
            Kind::Variant => ty.clone(),
            _ if member.generics.is_empty() || turbofish.is_empty() => self.world.given(member, &owner_ty, owner, ty),
            _ => member.gives.replace(&|name| parameter(member, name, turbofish)),
        }
    }

    /// A field, or a method with its call.
    pub(super) fn member(&self, ty: &Ty, name: &str, at: &mut usize, end: usize) -> Ty {
        let t = self.t;
        let mut turbofish = Vec::new();
        if t.is(*at, "::") && t.is(*at + 1, "<") && *at + 1 < end {
            let behind = t.behind_angle(*at + 1, end);
            turbofish = vec![Ty::read(t, &mut (*at + 2), behind.saturating_sub(1))];
            *at = behind;
        }
        let is_call = *at < end && t.is(*at, "(");
        if is_call {
            *at = t.behind(*at, end);
        }
        if ty.name == TUPLE
            && let Ok(number) = name.parse()
        {
            return ty.arg(number);
        }
        let fits = |kind: Kind| if is_call { kind == Kind::Method } else { kind == Kind::Field };
        let members = self.world.members(ty);
        let Some((member, owner_ty, owner)) = members.into_iter().find(|(m, ..)| m.name == name && fits(m.kind)) else {
            return Ty::unknown();
        };
        if name == "clone" {
            return ty.clone();
        }
        if !turbofish.is_empty() {
            let known =
                |name: &str| parameter(member, name, &turbofish).or_else(|| (name == "Self").then(|| ty.clone()));
            // Of `collect::<Vec<_>>()` the element is what the iterator gives.
            let item = owner_ty.arg(0);
            return member.gives.replace(&known).replace(&|name| (name == "_").then(|| item.clone()));
        }
        self.world.given(member, &owner_ty, owner, ty)
    }
}

fn is_function(world: &World<'_>, ty: &Ty, name: &str) -> bool {
    world.members(ty).iter().any(|(member, ..)| member.name == name && !member.generics.is_empty())
}

fn parameter(entry: &Entry, name: &str, arguments: &[Ty]) -> Option<Ty> {
    let position = entry.generics.iter().position(|generic| generic == name)?;
    Some(arguments.get(position).cloned().unwrap_or_else(Ty::unknown))
}
