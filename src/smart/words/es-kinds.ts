import type { categories as english, kinds as englishKinds } from './en-kinds.ts'
import { type About, kind } from './kind.ts'

const reactions = (about: About): string => {
  switch (about.who) {
    case 'self':
      return 'A qué reacciona usted y con qué intensidad.'
    case 'named':
      return `A qué reacciona ${about.name} y con qué intensidad.`
    case 'patient':
      return 'A qué reacciona el paciente y con qué intensidad.'
    case 'everyone':
      return 'A qué reaccionan y con qué intensidad.'
  }
}

const demographics = (about: About): string => {
  switch (about.who) {
    case 'self':
      return 'Su nombre, fecha de nacimiento y datos de contacto'
    case 'named':
      return `Nombre, fecha de nacimiento y datos de contacto de ${about.name}`
    case 'patient':
      return 'Nombre, fecha de nacimiento y datos de contacto del paciente'
    case 'everyone':
      return 'Nombre, fecha de nacimiento y datos de contacto'
  }
}

export const kinds: typeof englishKinds = {
  AllergyIntolerance: kind('Alergias', reactions, 'alergia', 'alergias'),
  CarePlan: kind('Planes de atención', 'Qué ha previsto el equipo médico y por qué.', 'plan', 'planes'),
  CareTeam: kind(
    'Equipos de atención',
    'Quién participa en la atención y con qué función.',
    'equipo',
    'equipos',
  ),
  Condition: kind('Enfermedades', 'Diagnósticos, actuales y pasados.', 'enfermedad', 'enfermedades'),
  Coverage: kind('Seguro médico', 'Quién paga la atención y los números de póliza.', 'póliza', 'pólizas'),
  Device: kind(
    'Implantes y aparatos',
    'Por ejemplo, un marcapasos con su número de serie.',
    'aparato',
    'aparatos',
  ),
  DiagnosticReport: kind(
    'Informes de pruebas',
    'Informes de análisis, de pruebas de imagen y de otros exámenes.',
    'informe',
    'informes',
  ),
  DocumentReference: kind('Documentos', 'Cartas, notas y otros documentos.', 'documento', 'documentos'),
  Encounter: kind('Visitas', 'Consultas y estancias: cuándo, dónde y por qué.', 'visita', 'visitas'),
  FamilyMemberHistory: kind(
    'Antecedentes familiares',
    'Enfermedades de familiares.',
    'familiar',
    'familiares',
  ),
  Goal: kind('Objetivos', 'Qué se quiere conseguir con la atención.', 'objetivo', 'objetivos'),
  Immunization: kind('Vacunas', 'Qué vacunas se pusieron y cuándo.', 'vacuna', 'vacunas'),
  Location: kind(
    'Lugares de atención',
    'Nombres y direcciones de centros, plantas y salas.',
    'lugar',
    'lugares',
  ),
  Medication: kind(
    'Detalles de los medicamentos',
    'Componentes, dosis y forma.',
    'medicamento',
    'medicamentos',
  ),
  MedicationDispense: kind(
    'Medicamentos entregados',
    'Qué entregó la farmacia, cuánto y cuándo.',
    'entrega',
    'entregas',
  ),
  MedicationRequest: kind(
    'Medicamentos',
    'Qué se ha recetado, en qué dosis y quién lo recetó.',
    'medicamento',
    'medicamentos',
  ),
  Observation: kind(
    'Mediciones y resultados',
    'Análisis, constantes vitales y otros hallazgos.',
    'resultado',
    'resultados',
  ),
  Organization: kind(
    'Hospitales y otras organizaciones',
    'Nombres, direcciones y teléfonos.',
    'organización',
    'organizaciones',
  ),
  Patient: kind(
    demographics,
    ({ who }) =>
      who === 'everyone'
        ? 'Para encontrar personas.'
        : 'La aplicación lo necesita para mostrar de quién son los datos.',
    'persona',
    'personas',
  ),
  Practitioner: kind(
    'Profesionales sanitarios',
    'Nombres, títulos y datos de contacto de personal médico, de enfermería y otros.',
    'persona',
    'personas',
  ),
  PractitionerRole: kind('Funciones de los profesionales', 'Qué hacen y dónde.', 'función', 'funciones'),
  Procedure: kind(
    'Operaciones y tratamientos',
    'Qué se hizo, cuándo y quién lo hizo.',
    'intervención',
    'intervenciones',
  ),
  Provenance: kind('Origen de los datos', 'Quién escribió cada entrada y cuándo.', 'entrada', 'entradas'),
  QuestionnaireResponse: kind(
    'Respuestas a cuestionarios',
    'Formularios rellenados, con las respuestas.',
    'formulario',
    'formularios',
  ),
  RelatedPerson: kind(
    'Familiares y otros contactos',
    'Quiénes son y cómo localizarlos.',
    'persona',
    'personas',
  ),
  ServiceRequest: kind(
    'Peticiones y derivaciones',
    'Pruebas, tratamientos y visitas que se han solicitado.',
    'petición',
    'peticiones',
  ),
  Specimen: kind('Muestras', 'Muestras de sangre y otras, y cuándo se tomaron.', 'muestra', 'muestras'),

  Account: kind('Cuentas', 'Qué atención se cargó a qué cuenta.', 'cuenta', 'cuentas'),
  AdverseEvent: kind(
    'Incidentes',
    'Daños que la atención o un medicamento causó o pudo causar.',
    'incidente',
    'incidentes',
  ),
  Appointment: kind('Citas', 'Citas previstas y pasadas.', 'cita', 'citas'),
  Binary: kind('Archivos', 'Contenido de documentos, como imágenes y cartas.', 'archivo', 'archivos'),
  Claim: kind('Facturas al seguro', 'Qué se pidió pagar al seguro.', 'factura', 'facturas'),
  ClinicalImpression: kind('Valoraciones', 'Conclusiones de un profesional.', 'valoración', 'valoraciones'),
  Communication: kind('Mensajes', 'Mensajes sobre la atención.', 'mensaje', 'mensajes'),
  Composition: kind('Resúmenes', 'Resúmenes de los datos o de una estancia.', 'resumen', 'resúmenes'),
  Consent: kind('Decisiones sobre la privacidad', 'Qué se ha aceptado y qué no.', 'decisión', 'decisiones'),
  DeviceUseStatement: kind('Uso de aparatos', 'Qué aparatos se usan y desde cuándo.', 'entrada', 'entradas'),
  EpisodeOfCare: kind(
    'Procesos de atención',
    'Quién se encargó de qué enfermedad y cuándo.',
    'proceso',
    'procesos',
  ),
  ExplanationOfBenefit: kind('Pagos del seguro', 'Qué se pagó y por qué.', 'pago', 'pagos'),
  Flag: kind('Avisos', 'Lo que debe saber toda persona que atiende.', 'aviso', 'avisos'),
  Group: kind('Grupos de personas', 'Listas de personas con algo en común.', 'grupo', 'grupos'),
  ImagingStudy: kind(
    'Radiografías y otras imágenes',
    'Qué imágenes se tomaron y cuándo.',
    'estudio',
    'estudios',
  ),
  List: kind('Listas', 'Listas como las de problemas o medicamentos actuales.', 'lista', 'listas'),
  Media: kind('Fotos y grabaciones', 'Imágenes, sonido y vídeo.', 'grabación', 'grabaciones'),
  MedicationAdministration: kind('Dosis administradas', 'Qué medicamento se dio y cuándo.', 'dosis', 'dosis'),
  MedicationStatement: kind(
    'Medicamentos que se toman',
    'Qué se toma, también sin receta.',
    'entrada',
    'entradas',
  ),
  MolecularSequence: kind('Datos genéticos', 'Secuencias de genes.', 'secuencia', 'secuencias'),
  NutritionOrder: kind('Dietas', 'Dietas y alimentación indicadas.', 'dieta', 'dietas'),
  Person: kind('Personas', 'Nombres y datos de contacto.', 'persona', 'personas'),
  RiskAssessment: kind('Riesgos', 'Qué probabilidad se atribuye a una enfermedad.', 'entrada', 'entradas'),
  Schedule: kind('Horarios', 'Cuándo se puede pedir cita.', 'horario', 'horarios'),
  Task: kind('Tareas', 'Qué hay que hacer y quién debe hacerlo.', 'tarea', 'tareas'),
}

export const categories: typeof english = {
  'problem-list-item': kind(
    'Lista de problemas',
    'Enfermedades que duran o que se repiten.',
    'enfermedad',
    'enfermedades',
  ),
  'encounter-diagnosis': kind(
    'Diagnósticos de las visitas',
    'El motivo de una visita o de una estancia.',
    'diagnóstico',
    'diagnósticos',
  ),
  'health-concern': kind(
    'Preocupaciones de salud',
    'Lo que preocupa de la salud, no solo enfermedades.',
    'preocupación',
    'preocupaciones',
  ),
  'vital-signs': kind(
    'Constantes vitales, como la presión arterial',
    'También el pulso, la temperatura, la estatura y el peso.',
    'medición',
    'mediciones',
  ),
  laboratory: kind(
    'Resultados de laboratorio',
    'Análisis de sangre y de otras muestras.',
    'resultado',
    'resultados',
  ),
  procedure: kind(
    'Pruebas clínicas',
    'Por ejemplo, un electrocardiograma o una prueba de respiración.',
    'resultado',
    'resultados',
  ),
  survey: kind(
    'Respuestas a cuestionarios',
    'Por ejemplo, sobre el dolor o el ánimo.',
    'respuesta',
    'respuestas',
  ),
  'social-history': kind('Hábitos', 'Por ejemplo, el consumo de tabaco o de alcohol.', 'entrada', 'entradas'),
  sdoh: kind('Condiciones de vida', 'Por ejemplo, vivienda, alimentación y dinero.', 'entrada', 'entradas'),
  'clinical-note': kind('Notas clínicas', 'Lo que escribieron los profesionales.', 'nota', 'notas'),
}
